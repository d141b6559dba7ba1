#!/usr/bin/env python3
"""Runs the code samples of a Markdown guide against a server, in the order of the document.

    guide.py GUIDE.md python|typescript --folder DIR

The blocks of one language are joined and run as one program in DIR, word for word, but for two things: the API key,
and, on Python SDKs that dropped the argument, `expires_at=` which then travels in `extra_body`. The server's address
comes from LLAMA_CLOUD_BASE_URL, the key from LLAMA_CLOUD_API_KEY, both as in the environment of the SDK.
"""
import argparse
import ast
import asyncio
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

KEY = "<your-api-key>"


def blocks(guide):
    return re.findall(r"^```[^\n]*\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)


def language(block):
    """The guide's fences name no language: JSON parses as JSON, Python as Python, the rest is TypeScript."""
    try:
        json.loads(block)
        return "json"
    except ValueError:
        pass
    try:
        compile(block, "guide", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        return "python"
    except SyntaxError:
        return "typescript"


def python_program(samples):
    from llama_cloud import AsyncLlamaCloud

    if "expires_at" in inspect.signature(AsyncLlamaCloud(api_key="-").beta.directories.create).parameters:
        return samples
    return samples.replace("expires_at=expires_at,", 'extra_body={"expires_at": expires_at},')


async def run_python(samples):
    code = compile(python_program(samples), "guide", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    names = {"__name__": "__main__"}
    running = eval(code, names)
    if inspect.iscoroutine(running):
        await running


def run_typescript(samples, node, modules):
    """As a module beside the SDK, because that is where `import` looks; the working directory is still the folder's."""
    program = Path(modules).parent / f"guide-{os.getpid()}.mjs"
    program.write_text(samples, encoding="utf-8")
    try:
        subprocess.run([node, str(program)], check=True)
    finally:
        program.unlink()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("guide", type=Path)
    options.add_argument("language", choices=["python", "typescript"])
    options.add_argument("--folder", type=Path, required=True, help="holds the folder `invoices` of the guide")
    options.add_argument("--node", default="node")
    options.add_argument("--modules", default="node_modules", help="the node_modules folder with the SDK")
    given = options.parse_args()
    chosen = [block for block in blocks(given.guide.read_text(encoding="utf-8")) if language(block) == given.language]
    if not chosen:
        sys.exit(f"error: {given.guide} has no {given.language} sample")
    samples = "\n".join(chosen).replace(KEY, os.environ["LLAMA_CLOUD_API_KEY"])
    modules = Path(given.modules).absolute()
    os.chdir(given.folder)
    if given.language == "python":
        asyncio.run(run_python(samples))
    else:
        run_typescript(samples, given.node, modules)
    print(f"guide: {len(chosen)} {given.language} samples ran")


if __name__ == "__main__":
    main()
