"""Which resources of the SDK docmill serves and which not, compared with what the SDK has: a resource or method that a
newer SDK adds must be driven or named here."""
import functools
import inspect

from llama_cloud._resource import AsyncAPIResource, SyncAPIResource

from .support import UUID, Client, refused

SERVED = (
    "batches", "beta.directories", "beta.directories.files", "files", "parsing", "extract", "configurations",
    "webhook_configs", "projects", "v2_projects",
)
# The resource, or all below it, and why docmill refuses it: what it is about, in the words of the refusal.
NOT_SERVED = {
    "alpha.verify": "verification of documents",
    "beta.agent_data": "agent data",
    "beta.attachments": "attachments",
    "beta.chat": "chat",
    "beta.indexes": "indexes",
    "beta.retrieval": "retrieval",
    "beta.split": "splitting of documents",
    "chat": "chat",
    "classify": "classification",
    "data_sinks": "data sinks",
    "data_sources": "data sources",
    "extraction_agents": "extraction agents; use /api/v2/extract",
    "indexes": "indexes",
    "pipelines": "pipelines",
    "pipelines.images": "page images",
    "retrieval": "retrieval",
    "retrievers": "retrievers",
    "split": "splitting of documents",
}
# Methods of these that are not tried, and why.
NOT_TRIED = {
    "beta.agent_data.agent_data": "another name of create",
}


def methods(sdk):
    """The methods of the resources that docmill serves. Every other resource of this SDK must have its reason."""
    found = {name: list(own_methods(resource)) for name, resource in resources(sdk)}
    for name in (name for name, own in found.items() if own):
        assert (name in SERVED) != (reason(name) is not None), f"{name} is neither served nor named with a reason, or both"
    gone = {*SERVED, *NOT_SERVED} - set(found)
    assert not gone, f"this SDK has no {gone}"
    return [f"{name}.{method}" for name in SERVED for method in found[name]]


async def run(client, documents):
    """Every method of the other resources is refused with the reason."""
    for name, resource in resources(client.sdk):
        for method in own_methods(resource):
            if reason(name) and f"{name}.{method}" not in NOT_TRIED:
                call = functools.reduce(getattr, [*name.split("."), method], client)
                with refused(501, "NOT_IMPLEMENTED", reason(name)):
                    await call(**arguments(getattr(resource, method)))


def resources(owner, prefix=""):
    for name, resource in inspect.getmembers(owner, lambda member: isinstance(member, (AsyncAPIResource, SyncAPIResource))):
        yield prefix + name, resource
        yield from resources(resource, f"{prefix}{name}.")


def own_methods(resource):
    return [name for name, _ in inspect.getmembers(resource, inspect.ismethod) if not name.startswith(("_", "with_"))]


def reason(name):
    longest = max((key for key in NOT_SERVED if f"{name}.".startswith(f"{key}.")), key=len, default=None)
    return NOT_SERVED.get(longest)


def arguments(method):
    """An id, or a file, for all that the method cannot do without: the refusal comes before anything of it is read."""
    return {parameter.name: ("a.txt", b"x") if parameter.name == "upload_file" else UUID
            for parameter in inspect.signature(method).parameters.values() if parameter.default is parameter.empty}
