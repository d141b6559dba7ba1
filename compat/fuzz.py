#!/usr/bin/env python3
"""openapi.json is valid, and schemathesis finds nothing that is not argued in schemathesis.toml.

    fuzz.py --docmill BINARY --work FOLDER

FOLDER is that of run.py. All checks are on, the seed is fixed and the time bounded.
"""
import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from run import HERE, KEY, Server, install

DOCUMENT = HERE.parent / "openapi.json"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--docmill", type=Path, required=True)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--seconds", type=int, default=180)
    given = options.parse_args()
    work = given.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    install(work)
    tools = work / "python-checks/bin"
    subprocess.run([tools / "openapi-spec-validator", DOCUMENT], check=True)
    with tempfile.TemporaryDirectory() as temporary:
        server = Server(given.docmill.absolute(), Path(temporary))
        command = [tools / "schemathesis", "--config-file", HERE / "schemathesis.toml", "run", DOCUMENT,
                   "--url", server.url, "--seed", "1", "--max-time", str(given.seconds), "--no-color"]
        ran = subprocess.run(command, env=os.environ | {"COMPAT_KEY": KEY}, cwd=temporary)
        server.stop()
    sys.exit(ran.returncode)


if __name__ == "__main__":
    main()
