"""The commands of ``%rayteach``: names, arguments, the manual page, completion."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from IPython.core.error import UsageError

from rayteach.notebook.breaking import KINDS
from rayteach.notebook.history import RUNS_SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Raise what IPython shows as one line; the base class would exit."""
        text = f"%rayteach {self.prog}: {message}. `%rayteach help {self.prog}` helps."
        raise UsageError(text)


@dataclass(frozen=True, slots=True)
class Command:
    """One command of ``%rayteach``."""

    name: str
    #: one sentence for the list
    summary: str
    #: what to type after ``%rayteach``
    usage: str
    #: further sentences of the manual
    details: str = ""
    #: (flag or name, keyword arguments of ``add_argument``)
    arguments: tuple[tuple[str, dict[str, Any]], ...] = ()
    #: words that may follow, for completion
    words: tuple[str, ...] = field(default=())

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Return the arguments.

        Raises:
            UsageError: they are not what the command takes.
        """
        parser = _Parser(prog=self.name, add_help=False)
        for name, options in self.arguments:
            parser.add_argument(name, **options)
        return parser.parse_args(list(words))


_FLAG: dict[str, Any] = {"action": "store_true"}

_ALL = (
    Command(
        "status",
        "Say what the session is doing now.",
        "status",
        "CPUs in use and lent, what runs and what waits for what, workers, actors, "
        "large values, how views and errors are shown, versions.",
    ),
    Command(
        "show",
        "Show the last cell run that started tasks.",
        "show [--text | --full]",
        "Without an option it draws the run here. --text prints its structure: what "
        "depends on what, in which order, and what each wait returned; the same on "
        "every run. --full prints times, workers and sizes too.",
        (("--text", _FLAG), ("--full", _FLAG)),
        ("--text", "--full"),
    ),
    Command(
        "history",
        "List the cell runs that started tasks, the newest last.",
        "history [N]",
        "N is how many; at first the latest 20. A run is superseded once its cell has "
        "run again: what nobody can name of it has ended then.",
        (("count", {"nargs": "?", "type": int, "default": RUNS_SHOWN}),),
    ),
    Command(
        "compare",
        "Say what differs between two runs of a cell.",
        "compare [A B]",
        "In tasks, overlap, copies, work and span, in words and as a table. Without "
        "numbers: the last two runs of the cell that started tasks last. A and B are "
        "the numbers that stood before the cells, e.g. 5 8.",
        (("runs", {"nargs": "*"}),),
    ),
    Command(
        "what-if",
        "Predict the last run on another number of CPUs.",
        "what-if N [N ...]",
        "Its steps run again through the scheduler on a clock of their own.",
        (("cpus", {"nargs": "+", "type": float}),),
    ),
    Command(
        "save",
        "Write the last run to a file.",
        "save FILE",
        "The file holds no values of yours. `rayteach.load(FILE)` reads it in Python.",
        (("file", {}),),
    ),
    Command(
        "open",
        "Show a run from a file.",
        "open FILE",
        "FILE is what `save` or run.save(...) wrote.",
        (("file", {}),),
    ),
    Command(
        "log",
        "Show all that a task has printed.",
        "log [NAME]",
        "NAME is what stands in front of its lines, e.g. f-3; of several tasks of one "
        "name the latest is meant. Without NAME it lists the tasks that have printed.",
        (("task", {"nargs": "?", "default": ""}),),
    ),
    Command(
        "init",
        "Open a session.",
        "init [--num-cpus N]",
        "Without this the first .remote() opens one, with the CPUs of this machine.",
        (("--num-cpus", {"type": float}),),
        ("--num-cpus",),
    ),
    Command(
        "cancel",
        "Cancel tasks and calls that are not over.",
        "cancel [NAME ...]",
        "NAME is a label, e.g. f-3; of several tasks of one name the latest is meant. "
        "Without NAME it cancels all that runs or waits. What an actor is running goes "
        "on to its end.",
        (("names", {"nargs": "*"}),),
    ),
    Command(
        "break",
        "Break something on purpose, to see what follows.",
        "break worker|actor|node|object|slow NAME [FACTOR]",
        "worker: NAME is a running task, e.g. f-3, or a worker's number. actor: its "
        "label; its options say whether it restarts. node: e.g. B. object: the label "
        "of a large value, whose copies are lost. slow: everything on node NAME takes "
        "FACTOR times as long (4; 1 is as usual). The view has the same as buttons.",
        (
            ("what", {"choices": KINDS}),
            ("name", {}),
            ("factor", {"nargs": "?", "type": float, "default": 4.0}),
        ),
        KINDS,
    ),
    Command(
        "reset",
        "End all tasks and actors, and keep the session.",
        "reset [exercise NAME]",
        "A pause ends too, views and errors are shown as at first. IDs keep the values "
        "that are there. With `exercise NAME` it starts an exercise anew, and nothing "
        "else: the cell with this line becomes the exercise as it was given, your "
        "answer in its own cell stays, its hints and its record in %progress begin "
        "again.",
        (
            ("what", {"nargs": "?", "choices": ("exercise",)}),
            ("exercise", {"nargs": "?", "default": ""}),
        ),
        ("exercise",),
    ),
    Command(
        "restart",
        "Close the session and open one like it.",
        "restart",
        "With the same CPUs. IDs and actors of the old session are of no use.",
    ),
    Command(
        "shutdown",
        "Close the session and end its processes.",
        "shutdown",
        "IDs and actors of the session are of no use afterwards.",
    ),
    Command(
        "pause",
        "Start nothing from here on; what runs goes on.",
        "pause",
        "It says which task is next, where it will run and why, and who lost. A get "
        "that cannot return without a start lets the session go on by itself where no "
        "live view answers.",
    ),
    Command(
        "step",
        "Let the next start through, or the next N.",
        "step [N]",
        "A start of a task, of an actor, or of a call. It pauses first if need be.",
        (("count", {"nargs": "?", "type": int, "default": 1}),),
    ),
    Command(
        "speed",
        "Space starts out: at most X per second.",
        "speed X",
        "0.5 is one start every two seconds; `%rayteach resume` is full speed.",
        (("per_second", {"type": float}),),
    ),
    Command(
        "resume",
        "Let everything start as usual again.",
        "resume",
        "",
    ),
    Command(
        "auto",
        "Switch the views that appear by themselves on or off.",
        "auto on|off",
        "When off, `%rayteach show` still draws a run.",
        (("switch", {"choices": ("on", "off")}),),
        ("on", "off"),
    ),
    Command(
        "tracebacks",
        "Choose how errors are shown.",
        "tracebacks full|short",
        "short (at first) shows the lines of your own code; full shows every frame, "
        "those of rayteach included.",
        (("which", {"choices": ("full", "short")}),),
        ("full", "short"),
    ),
    Command(
        "help",
        "Show this page, or the part about one command.",
        "help [COMMAND]",
        "",
        (("command", {"nargs": "?", "default": ""}),),
    ),
)

COMMANDS: dict[str, Command] = {command.name: command for command in _ALL}


def manual(name: str = "") -> str:
    """Return the manual page, or one command's part of it."""
    if name:
        if name not in COMMANDS:
            message = f"there is no command {name!r}; `%rayteach help` lists them all"
            raise UsageError(message)
        return "\n".join(_entry(COMMANDS[name]))
    lines = [
        "NAME",
        "    %rayteach - look at the session, and change how it is shown",
        "",
        "COMMANDS",
    ]
    for command in COMMANDS.values():
        lines += [f"    {line}".rstrip() for line in _entry(command)] + [""]
    return "\n".join([*lines, *_SEE_ALSO])


_SEE_ALSO = (
    "SEE ALSO",
    "    %%remote       make the functions and classes of a cell remote",
    "    %%check NAME   run an exercise and check it",
    "    %hint NAME     one step of help; again for the next",
    "    %solution NAME show a solution, after asking",
    "    %progress      show what you have solved",
    "    Add ? to any of them for its own page, e.g. %%remote?",
)


def _entry(command: Command) -> list[str]:
    import textwrap  # noqa: PLC0415 (only when help is asked for)

    text = f"{command.summary} {command.details}".strip()
    body = textwrap.wrap(text, 68)
    return [f"%rayteach {command.usage}", *(f"    {line}" for line in body)]


def completions(line: str, names: Callable[[], Sequence[str]]) -> list[str]:
    """Return the words that may stand at the end of a ``%rayteach`` line.

    Args:
        line: the line up to where somebody types.
        names: returns the labels of unfinished tasks.
    """
    words = line.split()
    if len(words) < 2 or (len(words) == 2 and not line.endswith(" ")):  # noqa: PLR2004
        return list(COMMANDS)
    if words[1] == "help":
        return list(COMMANDS)
    if words[1] in ("cancel", "log"):
        return list(names())
    command = COMMANDS.get(words[1])
    return list(command.words) if command else []
