"""A JSON Schema for the facts of a sheet, in one of many hands, and the truth that goes with it."""

import json
import re

from .hand import Hand, leaf, plain_value
from .lexicon import concept, words_of
from .sheet import Fact, Rows


def tree(facts):
    """Facts by their dotted paths, as nested dicts."""
    root = {}
    for path, fact in facts.items():
        at, parts = root, path.split(".")
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = fact
    return root


# Objects that some authors make of facts that stand beside each other.
GATHERED = {
    "totals": ["net_total", "discount", "shipping_cost", "tax_rate", "tax_total", "grand_total", "currency"],
    "period": ["period_start", "period_end"],
    "payment": ["due_date", "payment_terms", "payment_method", "card_last4", "tendered", "change"],
    "patient": ["patient_name", "birth_date", "sex", "patient_id"],
    "employee": ["employee_name", "employee_id", "job_title", "department", "hire_date"],
    "account": ["account_holder", "account_number", "iban", "bic", "sort_code"],
    "meter": ["meter_number", "previous_reading", "current_reading", "consumption"],
    "stay": ["check_in", "check_out", "nights", "guests", "room_type"],
}


def gathered(rng, nodes):
    """By chance some of the leaves at the top become an object."""
    for group, keys in GATHERED.items():
        inside = [key for key in keys if isinstance(nodes.get(key), Fact)]
        if group not in nodes and len(inside) > 1 and rng.random() < 0.6:
            made = {key: nodes[key] for key in inside}
            nodes = {
                (group if key == inside[0] else key): (made if key == inside[0] else node)
                for key, node in nodes.items()
                if key == inside[0] or key not in made
            }
    return nodes


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
FOREIGN = {
    "policy_number": "id",
    "meter_number": "id",
    "tracking_number": "id",
    "sample_id": "id",
    "gtin": "id",
    "certificate_number": "id",
    "hire_date": "date",
    "cod_amount": "money",
    "room_type": "text",
    "deductible": "money",
    "consumption": "number",
    "job_title": "text",
    "protection": "text",
    "grade": "text",
    "incoterm": "text",
    "tip": "money",
}


def foreign(rng, nodes, path):
    """By chance one to three properties that have nothing to do with the document."""
    if path or rng.random() > 0.2:
        return []
    columns = {key for node in nodes.values() if isinstance(node, Rows) for key in node.columns}
    keys = [key for key in FOREIGN if key not in nodes and key not in columns]
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

    def leaf(self, fact, path, group, properties, truth, within=None, inside=None):
        name = self.hand.name(fact.key, group, properties, inside)
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
                self.leaf(node, f"{path}{name}.", None, inner, value, None if key in GATHERED else key, key)
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
            if (
                len(given) < len(rows.records)
                and hand.nullable != "none"
                and "anyOf" not in item[names[key]]
                and isinstance(item[names[key]].get("type"), str)
            ):
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
    if hand.flat < 0.5:
        nodes = gathered(rng, nodes)
    if rng.random() < 0.15:
        items = list(nodes.items())
        rng.shuffle(items)
        nodes = dict(items)
    schema, truth = builder.object(nodes, "")
    if len(json.dumps(truth)) < 60:
        builder.forms, builder.concepts, hand.definitions, hand.share = [], {}, {}, 1.0
        schema, truth = builder.object(nodes, "", core=True)
    if hand.kind == "pydantic":
        schema = {"title": "Document", **schema}
    if hand.kind == "plain" and rng.random() < 0.3:
        schema = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
    if hand.definitions:
        schema["$defs"] = hand.definitions
    return schema, truth, builder, hand
