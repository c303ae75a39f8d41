#!/usr/bin/python3
"""bundle.py OUT FILE...: all lessons in one file, a JSON map from path (below the repository) to text."""
import json
import pathlib
import sys


def main():
    out, *files = sys.argv[1:]
    root = pathlib.Path(__file__).resolve().parents[2]
    texts = {str(pathlib.Path(f).resolve().relative_to(root)): pathlib.Path(f).read_text(encoding="utf-8") for f in files}
    pathlib.Path(out).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(out).write_text(json.dumps(texts, ensure_ascii=False, sort_keys=True, indent=0), encoding="utf-8")


main()
