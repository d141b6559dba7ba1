"""`configurations`."""
from .support import SCHEMA, collected, every, refused


async def run(client, documents):
    calls = client.configurations
    name = f"driver {client.tag}"
    parse = {"product_type": "parse_v2", "tier": "agentic", "version": "latest"}
    made = await calls.create(name=name, parameters=parse)
    assert made.id.startswith("cfg-") and made.product_type == "parse_v2" and made.parameters.tier == "agentic", made
    saved = await calls.create(name=name, parameters={**parse, "tier": "fast"})
    assert saved.id == made.id and saved.parameters.tier == "fast", "the same name and product is the same configuration"
    extract = await calls.create(name=name, parameters={"product_type": "extract_v2", "data_schema": SCHEMA})
    assert extract.id != made.id and extract.parameters.data_schema == SCHEMA, extract
    assert (await calls.retrieve(made.id)).parameters.tier == "fast"

    newest = [item.id async for item in calls.list(name=name, latest_only=True, page_size=1)]
    assert sorted(newest) == sorted([made.id, extract.id]), newest
    versions = [(item.id, item.parameters.tier) async for item in calls.list(name=name, product_type=["parse_v2"])]
    assert sorted(versions) == [(made.id, "agentic"), (made.id, "fast")], versions
    await collected(calls.list, [extract.id], name=name, product_type=["extract_v2"])
    preset = await every(calls.list(name="PARSE_AGENTIC"))
    assert [item.id for item in preset] == ["cfg-PARSE_AGENTIC"], preset

    renamed = await calls.update(extract.id, name=f"{name} renamed")
    assert renamed.parameters.data_schema == SCHEMA and renamed.name == f"{name} renamed", renamed
    await calls.delete(made.id)
    with refused(404, "NOT_FOUND"):
        await calls.retrieve(made.id)
    with refused(403, "FORBIDDEN"):
        await calls.delete("cfg-PARSE_AGENTIC")
    with refused(422, "INVALID_REQUEST", "extra_forbidden"):
        await calls.create(name=name, parameters={**parse, "unknown_option": 1})
    await calls.delete(extract.id)
