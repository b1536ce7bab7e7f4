"""``%rayteach``."""

# IPython is typed in part.
# mypy: allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import difflib
import shlex
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import (
    Magics as IPythonMagics,
)
from IPython.core.magic import (
    line_magic,
    magics_class,
    no_var_expand,
)

from rayteach.api import session
from rayteach.api.logs import logs
from rayteach.errors import RayteachError
from rayteach.notebook import breaking, history, holding, run_commands, status
from rayteach.notebook.commands import COMMANDS, Command, manual

if TYPE_CHECKING:
    from rayteach.notebook.contracts import Session
    from rayteach.notebook.extension import Extension

_NAMES_SHOWN = 50


@magics_class
class RayteachMagics(IPythonMagics):
    """``%rayteach``."""

    def __init__(self, extension: Extension) -> None:
        """Keep the extension whose parts the commands speak to."""
        super().__init__(shell=extension.shell)
        self._extension = extension

    @no_var_expand
    @line_magic
    def rayteach(self, line: str) -> None:
        """Look at the session and change how it is shown; see `%rayteach help`."""
        try:
            words = shlex.split(line)
        except ValueError as error:
            msg = f"%rayteach: {error} in {line!r}"
            raise UsageError(msg) from None
        command = find_command(words[0] if words else "status")
        run = getattr(self, f"_{command.name.replace('-', '_')}")
        run(command.parse(words[1:]))

    def _status(self, _options: Any) -> None:
        print(status.page(self._extension))  # noqa: T201 (what the magic is for)

    def _help(self, options: Any) -> None:
        print(manual(options.command))  # noqa: T201

    def _init(self, options: Any) -> None:
        session.init(num_cpus=options.num_cpus)
        self._status(options)

    def _shutdown(self, _options: Any) -> None:
        if session.is_initialized():
            session.shutdown()
            print("The session is closed. The next .remote() opens a new one.")  # noqa: T201
        else:
            print("No session is open.")  # noqa: T201

    def _cancel(self, options: Any) -> None:
        print(run_commands.cancel(options.names))  # noqa: T201

    def _break(self, options: Any) -> None:
        done = breaking.break_(options.what, options.name, options.factor)
        print(done)  # noqa: T201

    def _compare(self, options: Any) -> None:
        if len(options.runs) not in (0, 2):
            msg = "%rayteach compare takes two numbers of cells, or none"
            raise UsageError(msg)
        print(run_commands.compare(options.runs))  # noqa: T201

    def _what_if(self, options: Any) -> None:
        print(run_commands.what_if(options.cpus))  # noqa: T201

    def _save(self, options: Any) -> None:
        print(run_commands.save(options.file))  # noqa: T201

    def _open(self, options: Any) -> None:
        rows = run_commands.load(options.file).rows
        self._extension.views.show_rows(self._extension.cells.current, rows)

    def _reset(self, options: Any) -> None:
        if options.what:
            self._extension.magics.exercises.reset(options.exercise)
            return
        print(run_commands.reset())  # noqa: T201
        self._extension.views.auto = True
        self._extension.tracebacks.full = False

    def _restart(self, options: Any) -> None:
        run_commands.restart()
        self._status(options)

    def _pause(self, _options: Any) -> None:
        holding.pause()

    def _step(self, options: Any) -> None:
        holding.step(options.count)

    def _speed(self, options: Any) -> None:
        holding.speed(options.per_second)

    def _resume(self, _options: Any) -> None:
        holding.resume()

    def _auto(self, options: Any) -> None:
        self._extension.views.auto = options.switch == "on"
        print(status.auto_line(on=self._extension.views.auto))  # noqa: T201

    def _tracebacks(self, options: Any) -> None:
        self._extension.tracebacks.full = options.which == "full"
        print(status.tracebacks_line(full=self._extension.tracebacks.full))  # noqa: T201

    def _show(self, options: Any) -> None:
        last = self._extension.cells.last_run
        if last is None:
            print("No task has been started yet: there is nothing to show.")  # noqa: T201
        elif options.text or options.full:
            rows = status.rows_of(*last)
            print(status.as_text(rows, full=options.full))  # noqa: T201
            if options.full:
                self._show_late(*last)
        else:
            cell = self._extension.cells.current
            self._extension.views.show_again(cell, *last)

    def _history(self, options: Any) -> None:
        of = session.current()
        if options.count < 1:
            msg = "%rayteach history N: N is how many runs, 1 or more"
            raise UsageError(msg)
        if of is None:
            print("No session is open: there is no history.")  # noqa: T201
        else:
            print(history.page(of, options.count))  # noqa: T201

    def _show_late(self, of: Session, run: int) -> None:
        _, lines = self._extension.views.late_log(of).since(run)
        if lines:
            print("\nPrinted after the cell had ended:")  # noqa: T201
        for label, _stream, line in lines:
            print(f"({label}) {line}")  # noqa: T201

    def _log(self, options: Any) -> None:
        if options.task:
            try:
                print(logs(options.task), end="")  # noqa: T201
            except (ValueError, RayteachError) as error:
                raise UsageError(str(error)) from None
            return
        of = session.current()
        names = of.engine.outputs.labels() if of is not None else []
        text = "No task has printed anything."
        if names:
            shown = names[-_NAMES_SHOWN:]
            text = f"Tasks that have printed, the latest last: {', '.join(shown)}"
            text += f"\n%rayteach log {shown[-1]} shows the prints of that one."
        print(text)  # noqa: T201


RayteachMagics.rayteach.__doc__ = manual()  # what `%rayteach?` shows


def find_command(word: str) -> Command:
    """Return the command of that name.

    Raises:
        UsageError: there is none; names the nearest.
    """
    if word in COMMANDS:
        return COMMANDS[word]
    near = difflib.get_close_matches(word, COMMANDS, n=1, cutoff=0.5)
    message = f"there is no `%rayteach {word}`"
    if near:
        message += f"; did you mean `%rayteach {near[0]}`?"
    raise UsageError(f"{message}\n`%rayteach help` lists all commands.")
