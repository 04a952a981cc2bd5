"""Makes the tools. A tool answers with text whatever happens: nothing that it meets ends the graph."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ...errors import ProofsetError
from ..sandbox import Sandbox
from .algebra import algebra_specs
from .programs import program_specs
from .spec import ToolSpec
from .telling import NO_RESULT, NoResultError, told

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

_log = logging.getLogger(__name__)


def sandbox_tools(sandbox: Sandbox) -> list[BaseTool]:
    """LangChain tools that run what a model writes in `sandbox`, and nowhere else.

    `run_python`, `run_tests`, `sympy_solve`, `sympy_simplify`, `sympy_evaluate`, `sympy_differentiate`,
    `sympy_integrate`. They are asynchronous only, as the graphs are, and never
    raise: wrong arguments, programs that fail and a sandbox that does not work are told as text, with the
    status `error` where there is no result. What they tell holds no times, so that a replay is exact.
    """
    return [_tool(spec) for spec in (*program_specs(sandbox), *algebra_specs(sandbox))]


def _tool(spec: ToolSpec[Any]) -> BaseTool:
    from langchain_core.tools import StructuredTool

    async def answer(**given: Any) -> str:
        return await _answer(spec, given)

    return StructuredTool.from_function(
        coroutine=answer,
        name=spec.name,
        description=spec.description,
        args_schema=spec.arguments,
        handle_validation_error=_wrong_arguments,
        handle_tool_error=True,
    )


async def _answer(spec: ToolSpec[Any], given: dict[str, Any]) -> str:
    from langchain_core.tools import ToolException

    try:
        return told(await spec.answer(spec.arguments.model_validate(given)))
    except (NoResultError, ProofsetError) as error:
        raise ToolException(told(str(error))) from error
    except Exception as error:
        # A third party's backend may raise anything: the log tells us, and the model goes on without it.
        _log.warning("tool %s failed", spec.name, exc_info=True)
        raise ToolException(NO_RESULT) from error


def _wrong_arguments(error: Any) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the arguments"
    return told(f"wrong arguments: {where}: {first['msg']}; call the tool again")
