"""The tamper demonstration of docs/ runs as it stands there, and everything in it is found."""

import os
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def headings(page):
    return [line for line in page.splitlines() if line.startswith(("#", "Found", "NOT FOUND"))]


def test_every_attempt_to_tamper_is_found_as_the_page_says(tmp_path):
    done = subprocess.run(
        [sys.executable, DOCS / "tamper_demonstration.py", tmp_path],
        capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "11 of 11 checks found what they had to find." in done.stdout
    assert headings(done.stdout) == headings((DOCS / "tamper.md").read_text("utf-8"))
