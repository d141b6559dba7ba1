"""Reads every file of a folder with one of the peers: peer.py NAME FILES OUT. Prints the files that it refused and the
CPU seconds of the loop over the files, so that Python's start is not held against it."""
import sys
import time
from pathlib import Path


def reader(name):
    if name == "markitdown":
        from markitdown import MarkItDown
        convert = MarkItDown()
        return lambda path: convert.convert(str(path)).text_content
    if name == "kreuzberg":
        import kreuzberg
        config = kreuzberg.ExtractionConfig(output_format="markdown")
        return lambda path: kreuzberg.extract_file_sync(str(path), config=config).content
    if name == "docling-rs":
        import docling_rs
        convert = docling_rs.DocumentConverter()
        return lambda path: convert.convert(str(path)).document.export_to_markdown()
    raise SystemExit(f"error: no peer is called {name}")


def main():
    name, files, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    read, paths = reader(name), sorted(files.iterdir())
    begun = time.process_time()
    for path in paths:
        try:
            text = read(path)
        except Exception as error:  # whatever a peer throws, the others files go on
            print(f"refused {path.name} {type(error).__name__}")
            continue
        (out / f"{path.stem}.md").write_text(text, encoding="utf-8")
    print(f"{len(paths)} files cpu_s {time.process_time() - begun:.3f}")


if __name__ == "__main__":
    main()
