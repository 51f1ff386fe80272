"""Ask for known vulnerabilities of what is locked: fails for one that is not accepted, never for want of a network.

pip-audit says "no known vulnerabilities" where the service knew none of the packages, too. This counts them.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LOCKS = ("requirements-serve.txt", "requirements-dev.txt")
SECONDS = 120
# Vulnerabilities that do not concern Pullquote, by id, each with the reason.
ACCEPTED: dict[str, str] = {}


def verdict(report: Mapping[str, Any], accepted: Mapping[str, str]) -> tuple[list[str], int]:
    """What to say of pip-audit's report, and the exit code."""
    lines, code = [], 0
    packages = report["dependencies"]
    audited = [package for package in packages if "skip_reason" not in package]
    if not audited:
        return [
            "not audited: the vulnerability service cannot be reached, or knows none of the packages"
        ], 0
    for package in audited:
        for fault in package["vulns"]:
            names = {fault["id"], *fault.get("aliases", ())}
            reason = next((accepted[name] for name in names if name in accepted), None)
            mended = ", ".join(fault.get("fix_versions", ())) or "no version yet"
            what = f"{package['name']} {package['version']}: {fault['id']} (mended in {mended})"
            lines.append(f"accepted: {what}: {reason}" if reason else f"VULNERABLE: {what}")
            code = code or int(reason is None)
    return [*lines, f"{len(audited)} of {len(packages)} packages audited"], code


def report_of(lock: str) -> dict[str, Any] | None:
    """pip-audit's report on one lock file, or None where there is none to be had."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", lock, "--disable-pip", "--require-hashes",
        "--format", "json", "--timeout", "10", "--progress-spinner", "off",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        return dict(json.loads(done.stdout))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def main() -> int:
    """Audit every lock file that there is."""
    worst = 0
    for lock in LOCKS:
        if Path(lock).is_file():
            report = report_of(lock)
            lines, code = verdict(report or {"dependencies": []}, ACCEPTED)
            worst = max(worst, code)
            for line in lines:
                print(f"audit of {lock}: {line}")
    return worst


if __name__ == "__main__":
    sys.exit(main())
