"""One self-contained page: the front end and one snapshot, nothing from outside."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from rayteach.widgets import static, text, wire

if TYPE_CHECKING:
    from rayteach.trace.views.rows import Rows

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; max-width: 1000px; padding: 20px 24px 32px;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue",
  Arial, sans-serif; }}
h1 {{ font-size: 20px; font-weight: 600; margin: 0 0 12px; }}
pre {{ overflow-x: auto; font-size: 12px; }}
</style>
</head>
<body>
<h1>{title}</h1>
<main id="rayteach-view"></main>
<noscript><pre>{twin}</pre></noscript>
<script type="application/json" id="rayteach-run">{snapshot}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def html(rows: Rows, title: str) -> str:
    """Return a page that shows a run in any browser, without a server.

    Args:
        rows: the run.
        title: the page's heading.

    Raises:
        FrontEndMissingError: the front end was not built.
    """
    snapshot = json.dumps(
        wire.snapshot(rows, 1, live=False), separators=(",", ":"), allow_nan=False
    )
    return _PAGE.format(
        title=escape(title),
        twin=escape(text.full(rows, width=100)),
        snapshot=snapshot.replace("<", "\\u003c"),
        script=static.load("page.js").replace("</script", "<\\/script"),
    )
