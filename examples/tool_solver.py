"""A solver that calls tools: it may run programs and ask SymPy before it answers.

    proofset run verified_math --n 10 --out runs/tools --model openai:NAME
                      --agent solver=examples.tool_solver:ToolSolver

Each sample is a small graph of its own, a chat model and its tools in turn:

    START ─▶ model ──calls tools──▶ tools ─┐
               ▲ │                         │
               │ └──answers──▶ END         │
               └───────────────────────────┘

Whatever the model writes runs in the run's sandbox. Its words are journalled as every agent's are, so a
killed run goes on where it stopped. The verifier takes nothing of this on trust: it compares the answer
with the author's, and checks the calculations that the reasoning writes out.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, NamedTuple

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import BaseTool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.runtime import Runtime

from proofset.agents import Bench, Context, Posed, Solution, State, bench_of, chat_of, posed, refuse
from proofset.models import Sampling
from proofset.models.asking import AskingChat, usage_in
from proofset.records import Usage
from proofset.tools.langchain import sandbox_tools

MAX_TURNS = 8
"""Replies of the model per sample."""

PROMPT = """\
You solve mathematics problems. Use the tools to compute: do not calculate in your head.
Then answer in short steps that write each calculation out, such as 9 * 14 = 126. End with a line
"Answer: " and a bare number or expression, without a unit and without words. You do not round."""

_ANSWER = re.compile(r"^[\s*]*Answer:[\s*]*(?P<answer>.+?)[\s*]*$", re.MULTILINE)


class ToolSolver:
    """Solves what is posed: the problem as often as the settings ask, or each telling of it once."""

    role = "solver"

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        tools = sandbox_tools(bench.services.sandbox)
        questions = posed(state, bench.context.solver_samples or 2)
        tried = await asyncio.gather(*(_solve(bench, state, tools, question) for question in questions))
        solutions = tuple(one.solution for one in tried)
        usage = sum((one.usage for one in tried), Usage())
        unread = [solution.unreadable for solution in solutions if solution.unreadable]
        if unread:
            return refuse(
                state,
                stage=self.role,
                code="malformed",
                reason=f"{len(unread)} of {len(solutions)} solutions could not be read: {unread[0]}",
                candidate=state["proposal"],
                solutions=solutions,
                usage=usage,
            )
        return {"solutions": solutions, "refusal": None, "usage": usage}


class _Tried(NamedTuple):
    solution: Solution
    usage: Usage


async def _solve(bench: Bench, state: State, tools: list[BaseTool], question: Posed) -> _Tried:
    sampling = Sampling(temperature=0.2, max_tokens=800)
    chat = await chat_of(
        bench, state, role="solver", name="tool_solver", sampling=sampling, sample=question.sample
    )
    asked: list[BaseMessage] = [SystemMessage(PROMPT), HumanMessage(question.values["problem"])]
    talk = await _agent(chat, tools).ainvoke({"messages": asked})
    messages: list[BaseMessage] = talk["messages"]
    basis = bench.services.models.spec("solver")
    solution = Solution(
        style="reasoning",
        sample=question.sample,
        about=question.about,
        basis=basis,
        **_read(messages[-1]),
    )
    return _Tried(solution, usage_in(messages))


def _agent(chat: AskingChat, tools: list[BaseTool]) -> Any:
    offered = chat.bind_tools(tools)

    async def model(state: MessagesState) -> dict[str, Any]:
        reply = await offered.ainvoke(state["messages"])
        # Calls that cannot be read are answered here: ToolNode sees only those that can.
        unread = [
            ToolMessage(str(call["error"]), tool_call_id=call["id"], status="error")
            for call in reply.invalid_tool_calls
        ]
        return {"messages": [reply, *unread]}

    def goes_on(state: MessagesState) -> str:
        replies = [message for message in state["messages"] if isinstance(message, AIMessage)]
        if not (replies[-1].tool_calls or replies[-1].invalid_tool_calls) or len(replies) == MAX_TURNS:
            return END
        return "tools" if replies[-1].tool_calls else "model"

    graph = StateGraph(MessagesState)
    graph.add_node("model", model)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", goes_on, ["tools", "model", END])
    graph.add_edge("tools", "model")
    return graph.compile(name="tool_solver").with_config(recursion_limit=2 * MAX_TURNS + 1)


def _read(last: BaseMessage) -> dict[str, str]:
    """Reasoning and answer of the last message, or why there are none."""
    if not isinstance(last, AIMessage) or last.tool_calls:
        return {"unreadable": f"no answer after {MAX_TURNS} replies"}
    text = str(last.text)
    found = list(_ANSWER.finditer(text))
    if not found:
        return {"unreadable": 'it ends without a line "Answer: …"'}
    return {"reasoning": text[: found[-1].start()].strip(), "answer": found[-1]["answer"]}
