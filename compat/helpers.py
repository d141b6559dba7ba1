"""What the Python SDK adds to the API by itself, through both of its clients: typed extracted data, and what its helpers
do with jobs that fail.

    helpers.py FOLDER

FOLDER has the example documents.
"""
import asyncio
import sys
from pathlib import Path

import llama_cloud
from llama_cloud import AsyncLlamaCloud, LlamaCloud

from drivers import extracted_data, failures
from drivers.support import Client


async def main(documents):
    for sdk in (LlamaCloud, AsyncLlamaCloud):
        for driver in (extracted_data, failures):
            await driver.run(Client(sdk(max_retries=0)), documents)
        print(f"{sdk.__name__}: typed data, jobs that fail", flush=True)
    print(f"helpers, python {llama_cloud.__version__}: every answer as expected")


asyncio.run(main(Path(sys.argv[1])))
