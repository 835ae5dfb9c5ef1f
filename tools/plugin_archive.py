"""Packs a plugin's folder into an archive that has it at its root, as plugin directories ask: `make plugin`."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLUGIN = ROOT / "client" / "plugin"
# The same bytes for the same files, whenever it is made.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def pack(plugin: Path, archive: Path) -> list[str]:
    """Write the archive of a plugin's folder, with the repository's licence where it has none; return what is in it."""
    files = {str(path.relative_to(plugin)): path for path in plugin.rglob("*") if path.is_file()}
    files.setdefault("LICENSE", ROOT / "LICENSE")
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name.endswith(".sh") else 0o644) << 16
            packed.writestr(entry, files[name].read_bytes())
    return sorted(files)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    print(f"{target}: {len(pack(PLUGIN, target))} files, {target.stat().st_size} bytes")
