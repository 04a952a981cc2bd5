"""Virtual machines at E2B: one job each, made ready ahead, always thrown away."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from e2b_code_interpreter import AsyncSandbox, OutputMessage

_LIFETIME_S = 300
"""E2B ends a machine after so long, also when this process could not."""
_REQUEST_S = 60.0
_RETRIES = 2
_SAID = 200


class MachineError(Exception):
    """No machine was to be had or it was lost under its job; the message is one line for the user."""


class AccountRefusedError(Exception):
    """E2B will not serve this account or template, now or later; the message is one line for the user."""


class Account(NamedTuple):
    """Who pays, and for what. Never shown: it holds the key."""

    key: str
    template: str | None
    url: str | None

    def __repr__(self) -> str:
        return f"Account(template={self.template!r}, url={self.url!r})"

    def say(self, error: BaseException) -> str:
        """What an error says, in one line without the key."""
        text = " ".join(f"{type(error).__name__}: {error}".replace(self.key, "***").split())
        return text if len(text) <= _SAID else text[:_SAID] + "…"


class Machine:
    """A running machine."""

    def __init__(self, sandbox: AsyncSandbox, account: Account, until: float) -> None:
        self._sandbox = sandbox
        self._account = account
        self.until = until
        """Time of the event loop's clock when E2B ends it."""

    async def execute(self, code: str, timeout_s: float, most_bytes: int) -> bytes:
        """Run code in the notebook kernel and return what it printed.

        Raises:
            MachineError: it took longer than `timeout_s`, printed more than `most_bytes`, failed, or the
                connection broke.
        """
        printed: list[str] = []
        room = most_bytes

        def keep(message: OutputMessage) -> None:
            nonlocal room
            room -= len(message.line)
            if room < 0:
                raise MachineError("the E2B machine printed more than a report")
            printed.append(message.line)

        try:
            async with asyncio.timeout(timeout_s + 1):
                execution = await self._sandbox.run_code(
                    code, on_stdout=keep, timeout=timeout_s, request_timeout=_REQUEST_S
                )
        except MachineError:
            raise
        except Exception as error:
            # The client passes on whatever its transport or its parser of half a line raises.
            raise MachineError(
                f"the E2B machine was lost under the job: {self._account.say(error)}"
            ) from None
        if execution.error is not None:
            raise MachineError(f"the E2B machine could not start the job: {execution.error.name}")
        return "".join(printed).encode()

    async def kill(self) -> None:
        try:
            async with asyncio.timeout(_REQUEST_S):
                await self._sandbox.kill(request_timeout=_REQUEST_S)
        except Exception:
            # Its lifetime ends it; there is nobody to whom this would matter.
            return


class Machines:
    """Hands out machines, each once.

    Args:
        spare: how many at most are kept ready.
    """

    def __init__(self, account: Account, *, spare: int) -> None:
        self._account = account
        self._spare = spare
        self._ready: deque[asyncio.Task[Machine]] = deque()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    @asynccontextmanager
    async def one(self, lasts_s: float) -> AsyncIterator[Machine]:
        """A machine that nobody had before and that lasts for so long; it is thrown away afterwards.

        Raises:
            MachineError: E2B gives none for now.
            AccountRefusedError: E2B gives none at all.
        """
        machine = await self._take(lasts_s)
        try:
            yield machine
        finally:
            self._in_background(machine.kill())

    async def close(self) -> None:
        self._closed = True
        while self._ready:
            self._in_background(self._drop(self._ready.popleft()))
        while self._ending:
            await asyncio.wait(self._ending)

    async def _take(self, lasts_s: float) -> Machine:
        if self._closed:
            raise MachineError("the sandbox is closed")
        now = asyncio.get_running_loop().time
        machine: Machine | None = None
        while machine is None and self._ready:
            task = self._ready.popleft()
            try:
                # Cancelled here, the machine is still to be seen off.
                machine = await asyncio.shield(task)
            except asyncio.CancelledError:
                self._in_background(self._drop(task))
                raise
            except MachineError:
                continue
            if machine.until - now() < lasts_s:
                self._in_background(machine.kill())
                machine = None
        machine = machine or await self._make_shielded(lasts_s)
        if len(self._ready) < self._spare and lasts_s < _LIFETIME_S and not self._closed:
            self._ready.append(asyncio.ensure_future(self._make(lasts_s)))
        return machine

    async def _make_shielded(self, lasts_s: float) -> Machine:
        task = asyncio.ensure_future(self._make(lasts_s))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self._in_background(self._drop(task))
            raise

    async def _make(self, lasts_s: float) -> Machine:
        from e2b import AuthenticationException, NotFoundException, RateLimitException
        from e2b_code_interpreter import AsyncSandbox

        account = self._account
        lifetime_s = max(_LIFETIME_S, int(lasts_s) + 1)
        began = asyncio.get_running_loop().time()
        where = {"api_url": account.url, "sandbox_url": account.url} if account.url else {}
        try:
            sandbox = await AsyncSandbox.create(
                account.template,
                timeout=lifetime_s,
                allow_internet_access=False,
                metadata={"owner": "proofset"},
                api_key=account.key,
                debug=False,
                request_timeout=_REQUEST_S,
                retries=_RETRIES,
                http_version="1.1",
                **where,
            )
        except AuthenticationException as error:
            raise AccountRefusedError(
                "E2B does not accept the key in E2B_API_KEY: make a new one at https://e2b.dev/dashboard "
                f"({account.say(error)})"
            ) from None
        except RateLimitException as error:
            raise MachineError(
                f"E2B gives no more machines for now: run fewer jobs at once ({account.say(error)})"
            ) from None
        except Exception as error:
            # The client raises bare exceptions too, and those of its transport.
            status = getattr(error, "status_code", None)
            if isinstance(error, NotFoundException) or status in (400, 403, 404):
                raise AccountRefusedError(
                    f"E2B gives this account no machine of template {account.template or 'default'}: "
                    f"check its name and the account ({account.say(error)})"
                ) from None
            raise MachineError(
                "E2B could not start a machine: try again later, see https://status.e2b.dev "
                f"({account.say(error)})"
            ) from None
        return Machine(sandbox, account, began + lifetime_s)

    async def _drop(self, task: asyncio.Task[Machine]) -> None:
        """Throw away a machine that is being made."""
        try:
            machine = await task
        except Exception:
            return
        await machine.kill()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
