"""`make deploy` and `npm run deploy`: the collector on Cloudflare, from nothing but Node.js and Python.

Vendors the SDK, makes the database where there is none, applies the migrations, deploys, sets HASH_PEPPER and
ANALYTICS_API_KEY where they are missing, and asks the deployment how it is. Arguments go to `wrangler deploy`; with
--dry-run nothing is asked of Cloudflare.
"""

import json
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
SDK = ROOT / "python_modules" / "workers" / "__init__.py"
WRANGLER = ROOT / "node_modules" / ".bin" / "wrangler"
# In the order in which they are set, each with what whoever deploys should know.
SECRETS = {
    "HASH_PEPPER": "the key of the identity hashes: nobody needs to see it",
    "ANALYTICS_API_KEY": "the dashboard asks for it; it is shown this once",
}


class DeployError(Exception):
    """It cannot be deployed; the message says what to do."""


def wrangler(*arguments: str, given: "str | None" = None, shown: bool = True) -> str:
    """Run the project's own wrangler and return what it prints. given: on its standard input. Raises DeployError."""
    done = subprocess.run(
        [os.environ.get("WRANGLER") or str(WRANGLER), *arguments],
        cwd=ROOT,
        input=given or "",
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if shown:
        print(done.stdout, end="", flush=True)
    if done.returncode:
        raise DeployError(f"wrangler {' '.join(arguments[:3])} failed: what it says above is why.\n{done.stdout}")
    return done.stdout


def vendor() -> None:
    """Put the SDK into python_modules/, and be sure that it is there: without it, what is uploaded is broken."""
    if not SDK.exists():
        subprocess.run([sys.executable, str(ROOT / "tools" / "vendor.py")], check=False)
    if not SDK.exists():
        raise DeployError("python_modules/ lacks the Workers SDK, and pip could not fetch it: see what it says above.")


def make_database() -> None:
    """Make the database that wrangler.toml names, unless there is one."""
    name = _setting("database_name")
    known = json.loads(wrangler("d1", "list", "--json", shown=False))
    if name not in [database["name"] for database in known]:
        wrangler("d1", "create", name)


def set_missing_secrets() -> "list[str]":
    """Set the secrets that a deployment lacks, and return their names. One that is there stays.

    Without the pepper that it has, nobody would be known again.
    """
    known = {secret["name"] for secret in json.loads(wrangler("secret", "list", "--format", "json", shown=False))}
    missing = [name for name in SECRETS if name not in known]
    for name in missing:
        value = secrets.token_hex(32)
        wrangler("secret", "put", name, given=value, shown=False)
        print(f"{name} is set: {SECRETS[name]}.")
        if name == "ANALYTICS_API_KEY":
            print(f"\n    {value}\n")
    return missing


def _setting(name: str) -> str:
    # Before 3.11 nobody gets here, but the file must be readable by any Python 3.
    import tomllib  # noqa: PLC0415

    value: str = tomllib.loads((ROOT / "wrangler.toml").read_text("utf-8"))["d1_databases"][0][name]
    return value


def deploy(arguments: "list[str]") -> None:
    """Do all of it; raises DeployError."""
    if sys.version_info < OLDEST:
        raise DeployError(f"Python {'.'.join(map(str, OLDEST))} or later is needed; this is {sys.version.split()[0]}.")
    if not WRANGLER.exists() and "WRANGLER" not in os.environ:
        raise DeployError("wrangler is not installed: run `npm install` first.")
    vendor()
    if "--dry-run" in arguments:
        wrangler("deploy", *arguments)
        return
    make_database()
    wrangler("d1", "migrations", "apply", "DB", "--remote")
    said = wrangler("deploy", *arguments)
    set_missing_secrets()
    address = re.search(r"https://\S+\.workers\.dev", said)
    if address:
        print(f"\nIt is at {address[0]}\nSee whether all of it works:  make verify BASE_URL={address[0]}")


def main() -> int:
    """The exit status."""
    try:
        deploy(sys.argv[1:])
    except DeployError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
