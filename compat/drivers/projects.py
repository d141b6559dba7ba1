"""`projects` and `v2_projects`."""
from .support import UUID, every, refused


async def run(client, documents):
    project = (await client.projects.list())[0]
    assert project.id.startswith("prj-") and project.is_default, project
    assert await client.projects.list(project_name="no such project") == []
    pages = await every(client.v2_projects.list(page_size=1))
    assert [item.id for item in pages] == [project.id], pages
    for calls in (client.projects, client.v2_projects):
        assert (await calls.get(project.id)).name == project.name
        with refused(404, "NOT_FOUND"):
            await calls.get(f"prj-{UUID}")
    made = await client.beta.directories.create(name="driver project", project_id=project.id)
    assert made.project_id == project.id, made
    with refused(404, "NOT_FOUND"):
        await client.beta.directories.get(made.id, project_id=f"prj-{UUID}")
