"""The command ``rayteach``: open the course, or see a run in the terminal.

Whatever keeps a command from its work ends in one line that says what to do and
exit code 2, never in a traceback.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import socket
import sys
import textwrap
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rayteach._version import __version__
from rayteach.errors import RayteachError
from rayteach.teaching import command as teaching
from rayteach.teaching import home

if TYPE_CHECKING:
    from rayteach.api.run import Run

#: where the wheel keeps the notebooks
COURSE = Path(__file__).resolve().parent / "course"
LESSON = Path("tutorial", "01_first_remote_function.ipynb")
TOUR = Path("tutorial", "00_tour.ipynb")
#: what `rayteach lab` makes outside a checkout
COPY = "rayteach-course"


class UsageError(Exception):
    """Something outside of us is missing; the text says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "lab":
        parser.error(f"unknown option {rest[0]}; see rayteach {options.command} --help")
    try:
        return _run(options, rest)
    except (UsageError, RayteachError) as error:
        print(f"rayteach: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read has enough, as ``| head`` does: not a word, here or at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(options: argparse.Namespace, rest: list[str]) -> int:
    if options.command == "lab":
        return _lab(options, rest)
    code = int(options.run(options))
    sys.stdout.flush()  # whoever reads may be gone: that is told here, not at exit
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rayteach",
        allow_abbrev=False,
        description="Learn Ray-style parallel programming in a notebook.",
    )
    parser.add_argument(
        "--version", action="version", version=f"rayteach {__version__}"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_lab(commands)
    show = commands.add_parser(
        "demo",
        allow_abbrev=False,
        help="run the tour without a browser and keep its picture as a page",
        description=(
            "Run the tour notebook in a real kernel, print what happened (graph,"
            " timeline, wait) and write one self-contained page."
        ),
    )
    show.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        default=Path("rayteach-demo.html"),
        help="the page to write (default: %(default)s)",
    )
    show.add_argument(
        "--no-open", action="store_true", help="do not open the page in a browser"
    )
    show.set_defaults(run=_demo)
    _add_run_commands(commands)
    teaching.add(commands)
    return parser


def _add_lab(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command that opens JupyterLab."""
    lab = commands.add_parser(
        "lab",
        allow_abbrev=False,
        help="open JupyterLab on the course",
        description=(
            "Open JupyterLab on the course: its lessons, and what you have solved. In"
            f" a checkout it serves notebooks/; elsewhere it copies the course to"
            f" ./{COPY} first. Files that you have not changed are brought up to"
            " date, yours stay. All other options are JupyterLab's own."
        ),
    )
    lab.add_argument(
        "--port", type=int, help="the port to serve on (default: a free one)"
    )
    lab.add_argument(
        "--no-browser", action="store_true", help="print the address, open no browser"
    )
    lab.add_argument(
        "--course", type=Path, metavar="DIR", help="keep your copy of the course in DIR"
    )
    lab.add_argument("--root-dir", type=Path, help="serve this directory as it is")


def _add_run_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands that read a run which ``run.save(...)`` wrote."""
    report = commands.add_parser(
        "report",
        allow_abbrev=False,
        help="print a saved run",
        description="Print a saved run: graph, timeline, waits, its story, advice.",
    )
    report.set_defaults(run=_report)
    page = commands.add_parser(
        "open",
        allow_abbrev=False,
        help="show a saved run in the browser",
        description="Write a saved run as one self-contained page and open it.",
    )
    page.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PAGE",
        help="the page to write (default: FILE with the ending .html)",
    )
    page.add_argument(
        "--no-open", action="store_true", help="do not open the page in a browser"
    )
    page.set_defaults(run=_open)
    guess = commands.add_parser(
        "what-if",
        allow_abbrev=False,
        help="predict a saved run on other numbers of CPUs",
        description=(
            "Run what was recorded again through the scheduler, on a virtual clock,"
            " and print the speed-up curve with its bounds."
        ),
    )
    guess.add_argument(
        "--num-cpus",
        type=_numbers,
        default=[1, 2, 4, 8, 16],
        metavar="N,N,...",
        help="how many CPUs (default: 1,2,4,8,16)",
    )
    guess.set_defaults(run=_what_if)
    for command in (report, page, guess):
        command.add_argument(
            "file", type=Path, metavar="FILE", help="what run.save(...) wrote"
        )


def _lab(options: argparse.Namespace, rest: list[str]) -> int:
    """Become JupyterLab: this process is replaced, so signals reach it directly."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError("JupyterLab is missing; run: pip install 'rayteach[lab]'")
    root = _root(options.root_dir, options.course)
    # The extension opens the course home on /lab, where there is a course.
    words = [f"--ServerApp.root_dir={root}", "--LabApp.default_url=/lab"]
    if options.port is not None:
        _check_port(options.port)
        words += [f"--ServerApp.port={options.port}", "--ServerApp.port_retries=0"]
    if options.no_browser or not _has_browser():
        words.append("--no-browser")
    if not options.no_browser and not _has_browser():
        print(
            "rayteach: no browser found here; open the address below in yours",
            file=sys.stderr,
        )
    if os.geteuid() == 0:  # a container; JupyterLab would refuse without it
        words.append("--allow-root")
    print(f"rayteach: serving {root}", file=sys.stderr, flush=True)
    # The learner's own options come last: JupyterLab takes the last one given.
    command = [sys.executable, "-m", "jupyterlab", *words, *rest]
    os.execv(sys.executable, command)  # noqa: S606 (no shell is wanted)


def _root(asked: Path | None, course: Path | None) -> Path:
    """Return the directory to serve, made if need be, writable in any case.

    Args:
        asked: serve this and copy nothing.
        course: where the learner's copy of the course is, or goes.
    """
    if asked is not None and course is not None:
        raise UsageError("--root-dir and --course exclude each other; name one")
    checkout = _checkout(Path.cwd()) if course is None else None
    root = asked or checkout or course or Path.cwd() / COPY
    root = root.expanduser().absolute()
    try:
        if asked is None and checkout is None:
            _copy_course(root)
        if root.is_dir() and os.access(root, os.W_OK):
            home.describe(root)
    except OSError as error:
        raise UsageError(_unwritable(error.filename or root)) from error
    if not root.is_dir():
        raise UsageError(f"{root} is no directory; name one with --root-dir")
    if not os.access(root, os.W_OK):
        raise UsageError(_unwritable(root))
    return root


def _unwritable(path: str | Path) -> str:
    return (
        f"cannot write to {path}; go to a directory of yours, or name one with"
        " --root-dir, or --course for a copy of the course"
    )


def _checkout(start: Path) -> Path | None:
    """Return ``notebooks/`` of the checkout that holds ``start``, if it is in one."""
    for folder in (start, *start.parents):
        if (folder / "rayteach").is_dir() and (folder / "notebooks" / LESSON).exists():
            return folder / "notebooks"
    return None


def _copy_course(target: Path) -> None:
    """Copy the installed course, or bring the copy up to date."""
    for name in home.copy(COURSE, target):
        print(
            f"rayteach: {name} is yours and stays; a newer version came with rayteach",
            file=sys.stderr,
        )


def _check_port(port: int) -> None:
    """Raise if nobody could listen on this port."""
    with socket.socket() as probe:
        # As the server does it: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise UsageError(
                f"port {port} is for administrators; choose one above 1023"
            ) from None
        except (OSError, OverflowError):
            raise UsageError(
                f"port {port} is taken or impossible; choose another with --port,"
                " or leave --port out"
            ) from None


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _demo(options: argparse.Namespace) -> int:
    """Run the tour, print it, keep its page."""
    from rayteach import demo  # noqa: PLC0415 (`lab` and `--version` start without)

    output = options.output.expanduser().absolute()
    _check_output(output)
    width = shutil.get_terminal_size().columns
    print(demo.run(_tour(), output, width=width, color=_has_color()), end="")
    print(f"\nThe same run as a page: {output}")
    _show_page(output, options)
    return 0


def _show_page(output: Path, options: argparse.Namespace) -> None:
    """Open a page in the browser, where somebody sits in front of one."""
    graphical = sys.platform == "darwin" or any(
        name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if graphical and sys.stdout.isatty() and not options.no_open and _has_browser():
        webbrowser.open(output.as_uri())


def _load(path: Path) -> Run:
    from rayteach.api import observe  # noqa: PLC0415 (`lab` starts without)

    try:
        return observe.load(path)
    except OSError as error:
        raise UsageError(
            f"cannot read {path} ({error.strerror}); name a file that run.save(...)"
            " wrote"
        ) from error


def _report(options: argparse.Namespace) -> int:
    """Print a saved run."""
    run = _load(options.file)
    width = shutil.get_terminal_size().columns
    print(run.to_text(width, color=_has_color()))
    story = textwrap.wrap(run.explain(), width - 2)
    print("\nIn short\n" + textwrap.indent("\n".join(story), "  "))
    for advice in run.advice():
        print(f"\nAdvice\n{textwrap.indent(str(advice), '  ')}")
    if not run.is_whole:
        print(f"rayteach: {options.file} was cut off; its end is missing")
    return 0


def _open(options: argparse.Namespace) -> int:
    """Write a saved run as a page and open it."""
    run = _load(options.file)
    output = options.output or options.file.with_suffix(".html")
    output = output.expanduser().absolute()
    if output == options.file.absolute():
        raise UsageError(f"{output} is the run itself; name another page with -o PAGE")
    _check_output(output)
    run.to_html(output)
    print(f"The run as a page: {output}")
    _show_page(output, options)
    return 0


def _numbers(text: str) -> list[float]:
    """Return the numbers of "1,2,4"."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} are no numbers; write 1,2,4"
        ) from None


def _what_if(options: argparse.Namespace) -> int:
    """Print predictions for a saved run."""
    try:
        print(_load(options.file).what_if(options.num_cpus).to_text())
    except ValueError as error:
        raise UsageError(str(error)) from error
    return 0


def _check_output(output: Path) -> None:
    """Raise before the tour runs if its page could not be written."""
    existed = output.exists()
    try:
        with output.open("ab"):
            pass
    except OSError as error:
        raise UsageError(
            f"cannot write {output} ({error.strerror}); name another file with -o FILE"
        ) from error
    if not existed:
        output.unlink()


def _tour() -> Path:
    """Return the tour notebook: the installed one, or the checkout's."""
    for course in (COURSE, COURSE.parent.parent / "notebooks"):
        if (course / TOUR).exists():
            return course / TOUR
    raise UsageError("the tour notebook is missing; install rayteach anew")


def _has_color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
