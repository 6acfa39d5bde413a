"""Takes files out of a wheel: what scripts/lib/wheel.mjs asks for, one JSON line a file.

python3 wheel.py list WHEEL                  the names of its files
python3 wheel.py print WHEEL NAME            the content of one
python3 wheel.py extract WHEEL FOLDER        those that stdin names, a JSON list, with their SHA-256
"""

import base64
import hashlib
import json
import pathlib
import sys
import zipfile


def extract(archive, name, folder):
    target = pathlib.Path(folder, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(name) as source, target.open("wb") as sink:
        while piece := source.read(1 << 20):
            digest.update(piece)
            sink.write(piece)
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def main(command, wheel, *rest):
    with zipfile.ZipFile(wheel) as archive:
        if command == "list":
            files = [entry for entry in archive.infolist() if not entry.is_dir()]
            for entry in files:
                print(json.dumps({"name": entry.filename, "size": entry.file_size}))
        elif command == "print":
            sys.stdout.buffer.write(archive.read(rest[0]))
        elif command == "extract":
            for name in json.load(sys.stdin):
                print(json.dumps({"name": name, "hash": extract(archive, name, rest[0])}), flush=True)


try:
    main(*sys.argv[1:])
except zipfile.BadZipFile as error:
    sys.exit(f"{sys.argv[2]} is no whole ZIP archive: {error}")
