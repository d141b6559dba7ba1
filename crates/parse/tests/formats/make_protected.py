"""Makes the documents with a password that tests/formats.rs must not be able to read.

Needs LibreOffice with its Python bridge (Debian: python3-uno) and msoffcrypto-tool; run it in this folder. The files are
checked in: tests never run this script. Passwords are salted, so every run gives other bytes.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent / "files"
PASSWORD = "rye"
# What LibreOffice protects: the file, what it is made of, and the filter.
OFFICE = [
    ("protected.odt", "report.odt", "writer8"),
    ("protected.ods", "report.ods", "calc8"),
    ("protected.doc", "report.doc", "MS Word 97"),
    ("protected.xls", "report.xls", "MS Excel 97"),
]
PACKAGES = [("protected.docx", "report.docx"), ("protected.pptx", "report.pptx")]


def office():
    import uno
    from com.sun.star.beans import PropertyValue

    def values(**named):
        return tuple(PropertyValue(Name=name, Value=value) for name, value in named.items())

    with tempfile.TemporaryDirectory() as profile:
        accept = f"pipe,name=protected{Path(profile).name};urp;"
        server = subprocess.Popen(["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}",
                                   f"--accept={accept}"])
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        context = None
        for _ in range(100):
            try:
                context = resolver.resolve(f"uno:{accept}StarOffice.ComponentContext")
                break
            except Exception:
                time.sleep(0.2)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        for name, source, filter_name in OFFICE:
            document = desktop.loadComponentFromURL((HERE / source).as_uri(), "_blank", 0, values(Hidden=True))
            document.storeToURL((HERE / name).as_uri(), values(FilterName=filter_name, Password=PASSWORD))
            document.close(True)
        try:
            desktop.terminate()
        except Exception:
            pass  # the bridge goes with the office
        server.wait(60)


def packages():
    from msoffcrypto.format.ooxml import OOXMLFile

    for name, source in PACKAGES:
        with open(HERE / source, "rb") as plain, open(HERE / name, "wb") as target:
            OOXMLFile(plain).encrypt(PASSWORD, target)


if __name__ == "__main__":
    # The bridge belongs to the system's Python, msoffcrypto-tool to that of an environment: each makes its own.
    {"office": office, "packages": packages}[sys.argv[1]]()
