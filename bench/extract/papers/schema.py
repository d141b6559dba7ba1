"""A JSON Schema for the facts of a sheet, in one of many hands, and the truth that goes with it."""
import json
import re
from datetime import date
from decimal import Decimal

from .lexicon import cased, concept, words_of
from .sheet import Fact, Rows

ROOTS = {"pydantic": "Document", "plain": "", "zod": "", "typed": ""}
JSON_TYPE = {"money": "number", "number": "number", "count": "integer", "flag": "boolean"}


class Hand:
    """The habits of one author of schemas."""

    def __init__(self, rng, language, odd):
        self.rng, self.language, self.odd = rng, language, odd
        self.kind = rng.choice(["pydantic", "pydantic", "plain", "plain", "plain", "zod", "typed"])
        self.case = rng.choice(["snake", "snake", "snake", "camel", "camel", "short", "pascal", "kebab"] + ["spaced"] * (rng.random() < 0.3))
        self.native = language != "en" and not odd and rng.random() < 0.25
        self.says = 1.0 if odd else rng.choice([0.0, 0.0, 0.4, 0.9, 1.0])
        self.quotes = rng.choice([0.0, 0.3, 0.8])
        self.titles = self.kind == "pydantic" and rng.random() < 0.7 or rng.random() < 0.1
        self.nullable = {"pydantic": rng.choice(["anyof", "anyof", "none"]), "zod": rng.choice(["anyof", "list"]), "typed": "list"}.get(self.kind, "none")
        self.nulls = rng.choice([0.3, 0.7, 1.0])
        self.dates = rng.choice(["format", "format", "format", "format", "said", "plain", "printed"])
        self.amounts = "string" if rng.random() < 0.06 else "number"
        self.defs = self.kind == "pydantic" or rng.random() < 0.15
        self.required = {"zod": "all", "pydantic": rng.choice(["certain", "none"]), "typed": "none"}.get(self.kind, rng.choice(["none", "some", "all"]))
        self.flat = rng.choice([0.0, 0.2, 0.6, 1.0])
        self.joined = rng.choice([0.0, 0.0, 0.0, 0.0, 0.8])  # addresses as one string
        self.share = rng.choice([0.5, 0.7, 0.85, 0.95])
        self.letter = rng.choice(["F", "field_", "c", "X"])
        self.definitions = {}
        self.codes = odd and rng.random() < 0.35  # properties are called F01, F02, ...
        self.oblique = odd and rng.random() < 0.3  # descriptions that avoid the usual words
        self.main_date = ""
        self.claimed = {}  # key -> names that belong to other facts of the document

    def name(self, key, group=None, taken=()):
        """A property name for a concept that is not taken; `group` is put before it when a group was made flat."""
        rng, found = self.rng, concept(key)
        if self.codes:
            return next(name for name in (f"{self.letter}{at:02}" for at in range(1, 1000)) if name not in taken)
        if self.odd and found.odd[0] and found.odd[0] not in taken:
            choices = [found.odd[0]]
        elif self.native and found.labels.get(self.language):
            choices = [" ".join(words_of(label)[:4]) for label in found.labels[self.language][:2]]
        else:
            choices = found.names[:1] if rng.random() < 0.4 else [name for name in found.names[:5] if name not in self.claimed.get(key, ()) and (name != "date" or key == self.main_date)] or found.names[:1]
        before = words_of(self.name_words(group)) if group else []
        for choice in rng.sample(choices, len(choices)) + found.names + [key.replace("_", " ")]:
            words = words_of(choice)
            if before and words[:len(before)] != [word.lower() for word in before] and choice.lower() not in taken:
                words = before + words
            name = cased(words or [key], self.case)
            if name not in taken:
                return name
        return cased(key.split("_") + ["value"], self.case)

    def name_words(self, key):
        found = concept(key)
        if self.native and found.labels.get(self.language):
            return found.labels[self.language][0]
        return found.names[0]

    def say(self, key, group=None, example="", note=""):
        """The description of a property, or nothing."""
        rng, found = self.rng, concept(key)
        if not note and rng.random() >= self.says and not self.odd:
            return ""
        if self.oblique and found.odd[1]:
            text = found.odd[1]
        elif self.native and rng.random() < 0.5 and found.labels.get(self.language):
            text = rng.choice(found.labels[self.language])
        else:
            text = rng.choice(found.says) if found.says else found.names[0].capitalize()
        whose = concept(group).names[0] if group else "document"
        text = text.replace("{group}", whose)
        if group and whose not in text and rng.random() < 0.5:
            text += f" of the {whose}" if " of the " not in text else f" ({whose})"
        if note:
            text += f"; {note}"
        if example and rng.random() < self.quotes:
            text += rng.choice([f", e.g. '{example}'", f' (for example "{example}")', f". Example: {example}"])
        return text

    def maybe_null(self, node):
        if self.nullable == "none" or self.rng.random() >= self.nulls:
            return node
        if self.nullable == "anyof":
            keep = {key: node.pop(key) for key in ("title", "description") if key in node}
            out = {"anyOf": [node, {"type": "null"}], **keep}
            return {**out, "default": None} if self.kind == "pydantic" else out
        if isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
            if "enum" in node:
                node["enum"] = node["enum"] + [None]
        return node


def example_of(rng, fact):
    """A value of the same make that is not the one on the page."""
    if fact.kind not in ("id", "money", "date") or fact.value is None:
        return ""
    if fact.kind == "money":
        return str(round(rng.uniform(10, 900), 2))
    source = fact.value.isoformat() if fact.kind == "date" else fact.text
    if fact.kind == "date":
        return f"{rng.randint(2011, 2019)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    text = re.sub(r"\d", lambda found: str((int(found.group()) + rng.randint(1, 9)) % 10), source)
    return text if text != source else ""


def plain_value(value):
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral() and value.as_tuple().exponent >= 0 else float(value)
    return value.isoformat() if isinstance(value, date) else value


def leaf(hand, fact, name, group=None):
    """(schema node, true value)."""
    rng, value = hand.rng, plain_value(fact.value)
    node, note = {"type": JSON_TYPE.get(fact.kind, "string")}, fact.note
    if fact.kind == "date":
        if hand.dates == "format":
            node["format"] = "date"
        elif hand.dates == "said":
            note = rng.choice(["ISO 8601 (YYYY-MM-DD)", "as YYYY-MM-DD", "format YYYY-MM-DD"])
        elif hand.dates == "printed":
            note, value = "exactly as printed", fact.text or None
    elif fact.kind == "time" and not note:
        note = "HH:MM"
    elif fact.kind == "choice":
        node["enum"] = list(fact.options)
    elif fact.kind == "money" and hand.amounts == "string":
        node, note, value = {"type": "string"}, "as printed, with the currency sign if there is one", fact.text or None
    elif fact.kind == "texts":
        node = {"type": "array", "items": {"type": "string"}}
    if fact.key == "email" and rng.random() < 0.3:
        node["format"] = "email"
    if fact.key == "currency" and rng.random() < 0.3:
        node["enum"] = ["EUR", "USD", "GBP", "CHF"]
    example = "" if hand.dates == "printed" and fact.kind == "date" else example_of(rng, fact)
    said = hand.say(fact.key, group, example, note)
    if hand.titles:
        node = {"title": " ".join(words_of(re.sub(r"([a-z])([A-Z])", r"\1 \2", name))).title(), **node}
    if said:
        node["description"] = said
    return (node if fact.kind == "texts" else hand.maybe_null(node)), value


def tree(facts):
    """Facts by their dotted paths, as nested dicts."""
    root = {}
    for path, fact in facts.items():
        at, parts = root, path.split(".")
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = fact
    return root


def printed(node):
    if isinstance(node, dict):
        return any(printed(inner) for inner in node.values())
    return isinstance(node, Rows) or node.value is not None


def placed(hand, name, node):
    """The node itself, or a $ref to it."""
    if not hand.defs:
        return node
    title = "".join(word.capitalize() for word in re.findall(r"[A-Za-z][a-z0-9]*", re.sub(r"([a-z])([A-Z])", r"\1 \2", name))) or "Part"
    title = title[:-1] if title.endswith("s") and not title.endswith("ss") else title
    while title in hand.definitions and hand.definitions[title] != node:
        title += "Model"
    hand.definitions[title] = {"title": title, **node} if hand.kind == "pydantic" else node
    return {"$ref": f"#/$defs/{title}"}


# Facts that only one kind of document has; asked of another they are null.
FOREIGN = {"policy_number": "id", "meter_number": "id", "tracking_number": "id", "sample_id": "id", "gtin": "id", "certificate_number": "id", "hire_date": "date", "cod_amount": "money",
           "room_type": "text", "deductible": "money", "consumption": "number", "job_title": "text", "protection": "text", "grade": "text", "incoterm": "text", "tip": "money"}


def foreign(rng, nodes, path):
    """By chance one to three properties that have nothing to do with the document."""
    if path or rng.random() > 0.2:
        return []
    keys = [key for key in FOREIGN if key not in nodes]
    return [(key, FOREIGN[key]) for key in rng.sample(keys, rng.randint(1, 3))]


class Builder:
    def __init__(self, hand, whole):
        self.whole, self.source = whole, ""  # source: path of the group in the sheet, with its dot
        self.hand, self.rng, self.forms, self.concepts = hand, hand.rng, [], {}

    def note(self, path, fact, labelled=None):
        if fact.value is not None:
            self.forms.append({"path": path, "kind": fact.kind, "labelled": fact.labelled if labelled is None else labelled, "written": fact.written})

    def object(self, nodes, path, group=None, core=False):
        """(schema of an object, truth) of some of the nodes."""
        hand, rng, properties, truth = self.hand, self.rng, {}, {}
        for key, node in list(nodes.items()) + [(key, Fact(key, kind, None)) for key, kind in foreign(rng, nodes, path)]:
            if isinstance(node, dict) and rng.random() < hand.share:
                self.group(key, node, path, group, properties, truth)
            elif isinstance(node, Rows) and node.records and rng.random() < max(0.75, hand.share):
                self.rows(node, path, properties, truth)
            elif isinstance(node, Fact) and (rng.random() < hand.share or core):
                if node.value is None and key not in FOREIGN and rng.random() < 0.4:
                    continue
                self.leaf(node, path, None, properties, truth)
        return self.closed(properties, truth), truth

    def leaf(self, fact, path, group, properties, truth, within=None):
        name = self.hand.name(fact.key, group, properties)
        properties[name], truth[name] = leaf(self.hand, fact, name, group or within)
        self.concepts[path + name] = fact.path if "." in fact.path else fact.key
        self.note(path + name, fact)

    def group(self, key, nodes, path, outer, properties, truth, within=None):
        """A nested object; or its fields beside the others; or, for an address, one string."""
        hand, rng = self.hand, self.rng
        if self.source + key in self.whole and rng.random() < hand.joined:
            lines = self.whole[self.source + key]
            note = rng.choice(["in one line, its parts separated by a comma and a space", "one line, lines joined with ', '"])
            self.leaf(Fact(key, "text", ", ".join(lines), "", [", ".join(lines), " ".join(lines)], note=note), path, outer, properties, truth, within)
            return
        if rng.random() < hand.flat:
            for inner, node in nodes.items():
                if isinstance(node, Fact) and rng.random() < hand.share and (node.value is not None or rng.random() < 0.5):
                    self.leaf(node, path, outer or key, properties, truth)
                elif isinstance(node, dict) and rng.random() < hand.share:
                    self.inside(key, inner, node, path, outer or key, properties, truth)
            return
        name = hand.name(key, outer, properties)
        inner, value = {}, {}
        for part, node in nodes.items():
            if isinstance(node, dict):
                if rng.random() < hand.share:
                    self.inside(key, part, node, f"{path}{name}.", None, inner, value, key)
            elif rng.random() < max(0.5, hand.share) and (node.value is not None or rng.random() < 0.5):
                self.leaf(node, f"{path}{name}.", None, inner, value, key)
        if not inner:
            return
        node = placed(hand, name, self.closed(inner, value))
        said = hand.say(key, outer or within)
        if said and "$ref" in node:
            node = {"allOf": [node], "description": said} if rng.random() < 0.3 else {**node, "description": said}
        elif said:
            node["description"] = said
        properties[name], truth[name] = node, value

    def inside(self, key, *group):
        self.source += key + "."
        self.group(*group)
        self.source = self.source.removesuffix(key + ".")

    def rows(self, rows, path, properties, truth):
        hand, rng = self.hand, self.rng
        name = hand.name(rows.key, None, properties)
        columns = [key for key in rows.columns if key not in rows.hidden]
        if len(columns) > 3 and rng.random() < 0.5:
            kept = set(rng.sample(columns, rng.randint(3, len(columns))))
            columns = [key for key in columns if key in kept]
        spare = [key for key in rows.spare if rng.random() < 0.12]
        item, names = {}, {}
        for key in columns + spare:
            given = [record[key] for record in rows.records if key in record and record[key].value is not None]
            sample = given[0] if given else Fact(key, rows.spare.get(key, "text"), None)
            names[key] = hand.name(key, None, item)
            self.concepts[f"{path}{name}[].{names[key]}"] = f"{rows.key}[].{key}"
            item[names[key]], _ = leaf(hand, sample, names[key], None)
            if len(given) < len(rows.records) and hand.nullable != "none" and "anyOf" not in item[names[key]] and isinstance(item[names[key]].get("type"), str):
                item[names[key]]["type"] = [item[names[key]]["type"], "null"]
        records = []
        for at, record in enumerate(rows.records):
            entry = {}
            for key in columns + spare:
                fact = record.get(key) or Fact(key, "text", None)
                entry[names[key]] = self.row_value(fact)
                self.note(f"{path}{name}[{at}].{names[key]}", fact, True)
            records.append(entry)
        node = {"type": "array", "items": placed(hand, name, self.closed(item, None))}
        said = hand.say(rows.key)
        if said:
            node["description"] = said
        if hand.titles:
            node["title"] = " ".join(words_of(name)).title()
        properties[name], truth[name] = node, records

    def row_value(self, fact):
        if fact.kind == "date" and self.hand.dates == "printed" or fact.kind == "money" and self.hand.amounts == "string":
            return fact.text or None
        return plain_value(fact.value)

    def closed(self, properties, truth):
        node = {"type": "object", "properties": properties}
        names = list(properties)
        match self.hand.required:
            case "all":
                node["required"] = names
            case "some":
                node["required"] = [name for name in names if self.rng.random() < 0.5]
            case "certain":
                node["required"] = [name for name in names if "default" not in properties[name]]
        if self.hand.kind == "zod":
            node["additionalProperties"] = False
        return node


def build(rng, sheet, language, odd):
    """(schema, truth, builder, hand); the builder has forms - how the page writes every value of the truth - and concepts."""
    hand = Hand(rng, language, odd)
    keys = {fact.key for fact in sheet.facts.values()}
    for key in keys:
        hand.claimed[key] = {name for other in keys - {key} for name in concept(other).names}
    builder = Builder(hand, sheet.whole)
    hand.main_date = (sheet.main_date or "").rsplit(".", 1)[-1]
    nodes = tree(sheet.facts)
    if rng.random() < 0.15:
        items = list(nodes.items())
        rng.shuffle(items)
        nodes = dict(items)
    schema, truth = builder.object(nodes, "")
    if len(json.dumps(truth)) < 60:
        builder.forms, builder.concepts, hand.definitions, hand.share = [], {}, {}, 1.0
        schema, truth = builder.object(nodes, "", core=True)
    if hand.kind == "pydantic":
        schema = {"title": ROOTS["pydantic"], **schema}
    if hand.kind == "plain" and rng.random() < 0.3:
        schema = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
    if hand.definitions:
        schema["$defs"] = hand.definitions
    return schema, truth, builder, hand
