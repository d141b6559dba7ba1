"""Every method of the resources in scope through one client of the official Python SDK, each answer asserted.

    resources.py sync|async FOLDER

FOLDER has the example documents. A method of the SDK that was not answered with success fails the run, and so does a
resource that drivers/scope.py does not name.
"""
import asyncio
import sys
import time
from pathlib import Path

from llama_cloud import AsyncLlamaCloud, LlamaCloud

from drivers import batches, configurations, directories, extract, files, parsing, projects, scope, webhooks
from drivers.support import Client

DRIVERS = (projects, configurations, files, directories, parsing, extract, batches, webhooks, scope)


async def main(kind, documents):
    sdk = (LlamaCloud if kind == "sync" else AsyncLlamaCloud)(max_retries=0)
    client = Client(sdk)
    for driver in DRIVERS:
        begun = time.monotonic()
        await driver.run(client, documents)
        print(f"{driver.__name__}: {time.monotonic() - begun:.1f} s", flush=True)
    known = set(scope.methods(sdk))
    missed = known - client.called
    assert not missed, f"no driver called with success {sorted(missed)}"
    print(f"python, {kind}: {len(known)} methods, every answer as expected")


asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
