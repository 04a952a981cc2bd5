"""Answers of every kind with other notations of the same and with near misses, made from a seed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple


class Case(NamedTuple):
    gold: str
    same: tuple[str, ...]
    near: tuple[str, ...]


def integer(r: random.Random) -> Case:
    n = r.choice([r.randint(2, 99), r.randint(100, 10**6), -r.randint(2, 10**4)])
    wrong = n + r.choice([-10, -2, -1, 1, 2, 10, 100])
    digits = str(abs(n))
    swapped = digits[:-2] + digits[-1] + digits[-2] if len(digits) > 1 else digits + "0"
    near = [
        f"{wrong}",
        f"{-n}",
        f"{n}0",
        f"{n}.5",
        f"{n} or {wrong}",
        f"\\boxed{{{n}}} or \\boxed{{{wrong}}}",
    ]
    near += [
        f"{n}.0000000001",
        f"{n}\\%",
        f"{n} + 10^{{-30}}",
        f"\\pm {abs(n)}",
        f"{{{n}, {wrong}}}",
        f"{n}!!",
    ]
    near += [
        f"not {n}",
        f"{n}?",
        f"about {n}",
        f"{n}_9",
        f"less than {n}",
        f"{n} and {wrong}",
        f"{n}i",
        f"{n}x",
    ]
    near += [f"{n} \\times 10", f"x > {n}", f"{n} million", f"{n} dozen", f"The answer is not {n}.", f"{n}/2"]
    near += [
        f"1/{n}",
        f"\\sqrt{{{abs(n)}}}",
        f"{n}^2",
        f"\\frac{{{n}}}{{{wrong or 7}}}",
        f"0.{abs(n)}",
        f"{n}:1",
    ]
    near += [
        f"{n} less",
        f"twice {n}",
        f"{n} squared",
        f"half of {n}",
        f"x \\ne {n}",
        f"$x$ is at least ${n}$",
    ]
    if swapped != digits and swapped.lstrip("0") != digits:
        near.append(swapped if n > 0 else f"-{swapped}")
    same = (
        f"{n}.0",
        f"${n}$",
        f"\\boxed{{{n}}}",
        f"The answer is {n}.",
        f"x = {n}",
        f"{n:,}",
        f"\\frac{{{3 * n}}}{{3}}",
    )
    return Case(str(n), (*same, f"{n}\\text{{ }}", f"\\text{{{n}}}", f"**{n}**", f"\\({n}\\)"), tuple(near))


def rational(r: random.Random) -> Case:
    q = Fraction(r.randint(1, 60), r.randint(2, 60))
    while q.denominator == 1:
        q = Fraction(r.randint(1, 60), r.randint(2, 60))
    a, b = q.numerator, q.denominator
    near = [
        f"{b}/{a}",
        f"-{a}/{b}",
        f"{a + 1}/{b}",
        f"\\frac{{{a}}}{{{b + 1}}}",
        f"{a}{b}",
        f"\\frac{{{a}}}{{{b}}}+1",
    ]
    near += [f"{float(q):.3g}" if Fraction(f"{float(q):.3g}") != q else f"{float(q) + 1:.6f}"]
    near += [f"{a}/{b} or {a + 1}/{b}", f"{a}, {b}", f"({a}, {b})", f"\\sqrt{{\\frac{{{a}}}{{{b}}}}}"]
    near += [f"{a}/{b}\\%", f"{a}\\frac{{1}}{{{b}}}" if b > 1 else "0", f"\\frac{{{a}}}{{{b}}} i"]
    near += [str(q + Fraction(1, 10**12)), str(q - Fraction(1, 10**40))]
    whole, rest = divmod(q, 1)
    same = [
        f"{a}/{b}",
        f"\\dfrac{{{a}}}{{{b}}}",
        f"{{{a} \\over {b}}}",
        f"{5 * a}/{5 * b}",
        f"\\tfrac{{{2 * a}}}{{{2 * b}}}",
    ]
    if whole:
        same += [
            f"{whole}\\frac{{{rest.numerator}}}{{{rest.denominator}}}",
            f"{whole} {rest}",
            f"{whole}+{rest}",
        ]
        near += [
            f"{whole + 1}\\frac{{{rest.numerator}}}{{{rest.denominator}}}",
            f"{whole - 1} {rest}" if whole > 1 else "0",
        ]
    return Case(f"\\frac{{{a}}}{{{b}}}", tuple(same), tuple(near))


def decimal(r: random.Random) -> Case:
    n, k = r.randint(11, 99999), r.randint(1, 4)
    n += n % 10 == 0
    value = Fraction(n, 10**k)
    text = f"{n / 10**k:.{k}f}"
    near = [
        f"{(n + 1) / 10**k:.{k}f}",
        f"{n / 10 ** (k + 1):.{k + 1}f}",
        f"{n}",
        f"{text}1",
        f"-{text}",
        f"{text}\\%",
    ]
    near += [
        f"{text}0000000000001",
        text.replace(".", ",", 1) + ",",
        f"{text}\\overline{{{text[-1]}}}" if text[-1] not in "09" else "0",
    ]
    near += [f"{text} \\times 10", f"{text} \\times 10^{{-1}}"]
    same = (
        f"{text}00",
        str(value),
        f"{text}e0",
        f"{n} \\times 10^{{-{k}}}",
        f"{n}\\cdot 10^{{-{k}}}",
        f"{value * 100}\\%" if (value * 100).denominator == 1 else text,
    )
    return Case(text, same, tuple(near))


def repeating(r: random.Random) -> Case:
    block = str(r.randint(1, 98)).rjust(2, "0")
    block = "27" if block[0] == block[1] else block
    start = str(r.randint(0, 9))
    value = Fraction(int(start), 1) + Fraction(int(block), 99)
    near = (
        f"{start}.{block}",
        f"{start}.{block}{block}",
        f"{start}.0\\overline{{{block}}}",
        f"{start}.\\overline{{{block[::-1]}}}",
        f"{start}.\\overline{{{block}}}1",
    )
    return Case(
        f"{start}.\\overline{{{block}}}",
        (
            str(value),
            f"{start}.{block * 3}...",
            f"{start}.({block})",
            f"\\frac{{{value.numerator}}}{{{value.denominator}}}",
        ),
        near,
    )


def radical(r: random.Random) -> Case:
    a, b = r.randint(2, 12), r.choice([2, 3, 5, 6, 7, 10, 11])
    c = r.choice((2, 3, 4, 5, 7))
    gold = f"\\frac{{{a}\\sqrt{{{b}}}}}{{{c}}}"
    near = [
        f"\\frac{{{b}\\sqrt{{{a}}}}}{{{c}}}" if a != b else "1",
        f"\\frac{{{a}\\sqrt{{{b + 1}}}}}{{{c}}}",
        f"\\frac{{{a}\\sqrt[3]{{{b}}}}}{{{c}}}",
    ]
    near += [
        f"-{gold}",
        f"\\frac{{{a + 1}\\sqrt{{{b}}}}}{{{c}}}",
        f"\\frac{{{a}\\sqrt{{{b}}}}}{{{c + 1}}}",
        f"{gold} + 10^{{-20}}",
        f"\\pm {gold}",
    ]
    near += [
        f"{a * math.sqrt(b) / c:.3f}",
        f"\\sqrt{{\\frac{{{a}{b}}}{{{c}}}}}",
        f"\\frac{{{a}+\\sqrt{{{b}}}}}{{{c}}}",
    ]
    same = (
        f"{a}\\sqrt{{{b}}}/{c}",
        f"\\frac{{{a}}}{{{c}}}\\sqrt{{{b}}}",
        f"\\frac{{\\sqrt{{{a * a * b}}}}}{{{c}}}",
        f"\\frac{{{a * b}}}{{{c}\\sqrt{{{b}}}}}",
        f"{a}*sqrt({b})/{c}",
        f"\\frac{{{a}\\cdot {b}^{{1/2}}}}{{{c}}}",
        f"{a}√{b} / {c}",
    )
    return Case(gold, same, tuple(near))


def constants(r: random.Random) -> Case:
    a, b = r.randint(2, 9), r.choice([3, 4, 5, 6, 7])
    forms = [
        Case(
            f"\\frac{{{a}\\pi}}{{{b}}}",
            (f"{a}\\pi/{b}", f"\\frac{{{a}}}{{{b}}}\\pi", f"{a}π/{b}", f"\\pi\\cdot\\frac{{{a}}}{{{b}}}"),
            (
                f"\\frac{{{b}\\pi}}{{{a}}}" if a != b else "1",
                f"\\frac{{{a}}}{{{b}}}",
                f"{a * 3.14 / b:.4f}",
                f"\\frac{{{a}\\pi}}{{{b + 1}}}",
                f"{a * math.pi / b:.3f}",
                f"\\frac{{{a}\\pi^2}}{{{b}}}",
                f"\\frac{{{22 * a}}}{{{7 * b}}}",
                f"{a * 180 / b}",
            ),
        ),
        Case(
            f"\\ln {a}",
            (f"\\ln({a})", f"ln {a}", f"\\log_e {a}", f"\\frac12\\ln {a * a}", f"-\\ln\\frac{{1}}{{{a}}}"),
            (
                f"\\ln {a + 1}",
                f"\\log_{{10}} {a}",
                f"\\log_2 {a}",
                f"{math.log(a):.3f}",
                f"-\\ln {a}",
                f"\\ln\\frac{{1}}{{{a}}}",
                f"e^{{{a}}}",
                f"{a}",
            ),
        ),
        Case(
            f"\\log_{b} {a}" if a != b else "\\log_7 2",
            (f"\\frac{{\\ln {a}}}{{\\ln {b}}}",) if a != b else ("\\frac{\\ln 2}{\\ln 7}",),
            (
                f"\\log_{a} {b}",
                f"\\log_{b + 1} {a}",
                f"\\ln {a}",
                f"\\log_{{{b}}} {a + 1}",
                f"\\frac{{\\ln {b}}}{{\\ln {a}}}",
            )
            if a != b
            else ("\\log_2 7",),
        ),
        Case(
            f"e^{{{a}}}",
            (f"\\exp({a})", f"exp({a})", f"e^{a}", f"\\frac{{1}}{{e^{{-{a}}}}}"),
            (f"e^{{-{a}}}", f"{a}e", f"e^{{{a + 1}}}", f"{math.exp(a):.2f}", f"2.718^{{{a}}}", f"e{a}"),
        ),
        Case(
            f"\\sin\\frac{{\\pi}}{{{b}}}",
            (
                f"\\sin({180 // b}^\\circ)" if 180 % b == 0 else f"\\sin(\\pi/{b})",
                f"\\cos(\\frac{{\\pi}}{{2}}-\\frac{{\\pi}}{{{b}}})",
            ),
            (
                f"\\cos\\frac{{\\pi}}{{{b}}}" if b != 4 else "1",
                f"\\sin {180 // b}",
                f"\\sin\\frac{{\\pi}}{{{b + 1}}}",
                f"-\\sin\\frac{{\\pi}}{{{b}}}",
                f"{math.sin(math.pi / b):.4f}" if b != 6 else "0.51",
            ),
        ),
    ]
    return r.choice(forms)


def complex_(r: random.Random) -> Case:
    a, b = r.randint(1, 12), r.randint(2, 12)
    near = (
        f"{a}-{b}i",
        f"-{a}+{b}i",
        f"{b}+{a}i" if a != b else f"{b}+1",
        f"{a}+{b}",
        f"{a}+{b}",
        f"{a + b}i",
        f"{a}+{b + 1}i",
        f"({a},{b})",
        f"{a}{b}i",
        f"{a}+{b}i^2",
        f"{a}+{b}x",
        f"{a} \\pm {b}i",
    )
    return Case(
        f"{a}+{b}i",
        (f"{b}i+{a}", f"{a} + {b}i", f"{a} + {b}*I", f"{a}-(-{b})i", f"z = {a}+{b}i", f"({a}+{b}j)"),
        near,
    )


def scientific(r: random.Random) -> Case:
    a, k = r.randint(11, 99), r.randint(3, 9)
    a += a % 10 == 0
    m = f"{a // 10}.{a % 10}"
    near = (
        f"{m} \\times 10^{{{k + 1}}}",
        f"{m} \\times 10^{{-{k}}}",
        f"{a} \\times 10^{{{k}}}",
        f"{m}",
        f"{m} \\times 10",
        f"{m} \\times {k}^{{10}}",
        f"{m}^{{10}}",
        f"{m}e{k - 1}",
        f"{m} + 10^{{{k}}}",
        f"-{m} \\times 10^{{{k}}}",
    )
    return Case(
        f"{m} \\times 10^{{{k}}}",
        (
            f"{m}e{k}",
            f"{m}*10^{k}",
            f"{a} \\times 10^{{{k - 1}}}",
            f"{a * 10 ** (k - 1)}",
            f"{m} x 10^{k}",
            f"{m}\\cdot 10^{{{k}}}",
            f"{a * 10 ** (k - 1):,}",
        ),
        near,
    )


def numeral(r: random.Random) -> Case:
    base = r.choice([2, 3, 5, 7, 8])
    n = r.randint(base * base, base**5)
    digits, m = "", n
    while m:
        digits, m = str(m % base) + digits, m // base
    other = digits[:-1] + str((int(digits[-1]) + 1) % base)
    return Case(
        f"{digits}_{base}",
        (f"{digits}_{{{base}}}", f"({digits})_{base}", f"{digits} base {base}", f"{digits}_{{{base}}}."),
        (
            f"{other}_{base}",
            f"{digits}_{base + 1}",
            digits,
            str(n),
            f"{digits[::-1]}_{base}" if digits != digits[::-1] else "1",
            f"{digits}0_{base}",
            f"{n + 1}",
        ),
    )


def interval(r: random.Random) -> Case:
    a = r.randint(-9, 9)
    b = a + r.randint(1, 9)
    forms = [
        Case(
            f"[{a},{b})",
            (
                f"{a} \\le x < {b}",
                f"x \\in [{a}, {b})",
                f"[{a}, {2 * b}/2)",
                f"x \\ge {a} \\text{{ and }} x < {b}",
                f"\\left[{a},{b}\\right)",
                f"{b} > x \\ge {a}",
                f"\\{{x \\mid {a} \\le x < {b}\\}}",
            ),
            (
                f"[{a},{b}]",
                f"({a},{b})",
                f"({a},{b}]",
                f"[{a},{b + 1})",
                f"{a} < x < {b}",
                f"{a} \\le x \\le {b}",
                f"({b},{a}]",
                f"\\{{{a},{b}\\}}",
                f"{a}, {b}",
                f"x \\ge {a}",
                f"x<{b}",
                f"[{a},{b})\\cup\\{{{b}\\}}",
                f"x \\ge {a} \\text{{ or }} x < {b}",
                f"[{a},\\infty)",
                f"{b - a}",
            ),
        ),
        Case(
            f"(-\\infty,{a})\\cup({b},\\infty)",
            (f"x<{a} \\text{{ or }} x>{b}", f"({b},\\infty)\\cup(-\\infty,{a})", f"x > {b} or x < {a}"),
            (
                f"(-\\infty,{a}]\\cup({b},\\infty)",
                f"({a},{b})",
                f"(-\\infty,{a})",
                f"({b},\\infty)",
                f"{a}<x<{b}",
                f"(-\\infty,{b})\\cup({a},\\infty)",
                f"(-\\infty,{a})\\cup[{b},\\infty)",
                f"x<{a} \\text{{ and }} x>{b}",
                f"x \\le {a} \\text{{ or }} x>{b}",
                "\\mathbb{R}",
                f"\\mathbb{{R}} \\setminus \\{{{a},{b}\\}}",
                f"x \\ne {a}",
            ),
        ),
        Case(
            f"x > {a}",
            (f"({a},\\infty)", f"{a} < x", f"x \\in ({a}, \\infty)", f"({a}, +\\infty)"),
            (
                f"x \\ge {a}",
                f"x < {a}",
                f"x > {a + 1}",
                f"x = {a}",
                f"{a}",
                f"[{a},\\infty)",
                f"(-\\infty,{a})",
                f"x > {-a}" if a else "x > 1",
                f"x \\ne {a}",
                f"2x > {a}" if a else "x>2",
                f"x > {a}.1",
            ),
        ),
        Case(
            f"(-\\infty,{a})\\cup({a},\\infty)",
            (
                f"x \\ne {a}",
                f"\\mathbb{{R}}\\setminus\\{{{a}\\}}",
                f"all real numbers except {a}",
                f"x \\neq {a}",
            ),
            (
                "\\mathbb{R}",
                f"x = {a}",
                f"{a}",
                f"x \\ne {a + 1}",
                f"\\{{{a}\\}}",
                f"(-\\infty,{a}]\\cup({a},\\infty)",
                f"x \\ne {a}, {a + 1}",
                "all real numbers",
                f"(-\\infty,{a})",
            ),
        ),
    ]
    return r.choice(forms)


def set_(r: random.Random) -> Case:
    items = r.sample(range(-9, 20), r.randint(2, 4))
    shuffled = items[1:] + items[:1]
    listed, other = ", ".join(map(str, items)), ",".join(map(str, shuffled))
    changed = ", ".join(map(str, [items[0] + 30, *items[1:]]))
    gold = r.choice([f"\\{{{listed}\\}}", listed])
    named = " or ".join(f"x = {n}" for n in shuffled)
    near = [
        changed,
        ", ".join(map(str, items[1:])),
        f"{listed}, 77",
        f"\\{{{changed}\\}}",
        ", ".join(str(-n) for n in items) if sorted(items) != sorted(-n for n in items) else "1,2,3,4,5",
        str(sum(items)),
        str(items[0]),
        f"x = {items[0]}",
        f"[{min(items)}, {max(items) + 1}]",
        f"\\{{{listed.replace(', ', '')}\\}}",
        "\\emptyset",
        " and ".join(f"\\boxed{{{n}}}" for n in [*items, 99]),
    ]
    return Case(
        gold, (f"\\{{{other}\\}}", other, named, f"x \\in \\{{{other}\\}}", f"x = {other}"), tuple(near)
    )


def plus_minus(r: random.Random) -> Case:
    a, b = r.randint(1, 9), r.choice([2, 3, 5, 7])
    return Case(
        f"{a} \\pm \\sqrt{{{b}}}",
        (
            f"{a}+\\sqrt{b}, {a}-\\sqrt{b}",
            f"\\{{{a}-\\sqrt{{{b}}}, {a}+\\sqrt{{{b}}}\\}}",
            f"x = {a} \\pm \\sqrt{{{b}}}",
            f"\\frac{{{2 * a} \\pm \\sqrt{{{4 * b}}}}}{{2}}",
        ),
        (
            f"{a}+\\sqrt{b}",
            f"{a}-\\sqrt{b}",
            f"-{a} \\pm \\sqrt{{{b}}}",
            f"{a} \\pm \\sqrt{{{b + 1}}}",
            f"\\pm {a} + \\sqrt{{{b}}}",
            f"{a} \\pm {b}",
            f"\\pm ({a} + \\sqrt{{{b}}})",
        ),
    )


def tuple_(r: random.Random) -> Case:
    a, b = r.sample(range(-9, 20), 2)
    near = (
        f"({b},{a})",
        f"({a},{b},0)",
        f"({-a},{b})" if a else "(1,1)",
        f"({a},{b + 1})",
        f"x={b}, y={a}",
        f"\\{{{a},{b}\\}}",
        f"{a}{b}",
        f"({a})",
        f"({a},{b}]",
        f"[{a},{b})",
        f"{b}, {a}",
        f"({a} {b})",
        f"({a},{b}),({b},{a})",
        f"({a},{b}) or ({b},{a})",
        f"{a + b}",
        f"({a}.{b})" if b >= 0 else "0",
    )
    return Case(
        f"({a},{b})",
        (
            f"\\left({a}, {b}\\right)",
            f"(x,y) = ({a},{b})",
            f"x = {a}, y = {b}",
            f"({a}, {2 * b}/2)",
            f"x={a} \\text{{ and }} y={b}",
        ),
        near,
    )


def matrix(r: random.Random) -> Case:
    a, b, c, d = r.sample(range(-9, 20), 4)
    gold = f"\\begin{{pmatrix}} {a} & {b} \\\\ {c} & {d} \\end{{pmatrix}}"
    near = (
        f"\\begin{{pmatrix}} {a} & {c} \\\\ {b} & {d} \\end{{pmatrix}}",
        f"\\begin{{pmatrix}} {a} & {b} \\\\ {c} & {d + 1} \\end{{pmatrix}}",
        f"[[{a},{b},{c},{d}]]",
        f"({a},{b},{c},{d})",
        f"\\begin{{pmatrix}} {c} & {d} \\\\ {a} & {b} \\end{{pmatrix}}",
        f"[[{a},{b}]]",
        f"{a * d - b * c}",
        f"\\begin{{vmatrix}} {a} & {b} \\\\ {c} & {d} \\end{{vmatrix}}",
    )
    return Case(
        gold,
        (
            gold.replace("pmatrix", "bmatrix"),
            f"[[{a},{b}],[{c},{d}]]",
            f"Matrix([[{a}, {b}], [{c}, {d}]])",
            f"A = {gold}",
        ),
        near,
    )


def expression(r: random.Random) -> Case:
    a, b, c = (r.randint(2, 9) for _ in range(3))
    forms = [
        Case(
            f"(x+{a})(x-{b})",
            (
                f"x^2+{a - b}x-{a * b}" if a >= b else f"x^2-{b - a}x-{a * b}",
                f"(x-{b})(x+{a})",
                f"x(x+{a})-{b}(x+{a})",
            ),
            (
                f"(x-{a})(x+{b})" if a != b else "x",
                f"(x+{a})(x-{b + 1})",
                f"x^2-{a * b}" if a != b else "x^2+1",
                f"(x+{a})(x-{b})+1",
                f"(x+{a})-{b}",
                f"(y+{a})(y-{b})",
                f"(x+{a})(x-{b}) = 0",
                f"x+{a}, x-{b}",
                f"(x+{a})(x-{b})^2",
                f"(x+{a})(x-{b})+10^{{-15}}",
                f"(x+{a})(x-{b})+\\frac{{x}}{{10^{{12}}}}",
            ),
        ),
        Case(
            f"{a}x^{{{b}}}y",
            (f"{a}yx^{b}", f"{a} x^{b} y", f"\\frac{{{a * c}x^{{{b}}}y}}{{{c}}}"),
            (
                f"{a}xy^{{{b}}}",
                f"{a}x^{{{b + 1}}}y",
                f"{a + 1}x^{{{b}}}y",
                f"{a}x^{{{b}}}+y",
                f"({a}x)^{{{b}}}y",
                f"{a}x^{{{b}y}}",
                f"x^{{{b}}}y",
                f"-{a}x^{{{b}}}y",
                f"{a}x^{{-{b}}}y",
                f"{a}x^{{{b}}}z",
            ),
        ),
        Case(
            f"\\frac{{x+{a}}}{{x-{b}}}",
            (f"(x+{a})/(x-{b})", f"1+\\frac{{{a + b}}}{{x-{b}}}"),
            (
                f"x+{a}/x-{b}",
                f"\\frac{{x-{b}}}{{x+{a}}}",
                f"\\frac{{x+{a}}}{{x+{b}}}",
                f"\\frac{{x+{a}}}{{{b}-x}}",
                f"\\frac{{{a}}}{{-{b}}}",
                f"\\frac{{x+{a}}}{{x}}-{b}",
            ),
        ),
        Case(
            f"\\sin {a}x",
            (f"\\sin({a}x)", f"sin({a}*x)"),
            (
                f"{a}\\sin x",
                f"\\cos {a}x",
                "\\sin x",
                f"\\sin {a + 1}x",
                f"\\sin^{a} x",
                f"-\\sin {a}x",
                f"\\sin({a}+x)",
                f"\\sin x^{a}",
            ),
        ),
        Case(
            f"e^{{{a}x}}",
            (f"\\exp({a}x)", f"(e^x)^{a}", f"\\frac{{1}}{{e^{{-{a}x}}}}"),
            (f"e^{a}x", f"{a}e^x", "e^{x}", f"e^{{{a + 1}x}}", f"e^{{-{a}x}}", f"{a}^{{ex}}", f"e^{{x^{a}}}"),
        ),
        Case("\\sqrt{x^2}", ("|x|", "\\left|x\\right|"), ("x", "-x", "x^2", "\\pm x", "\\sqrt{x}")),
        Case(
            f"\\ln(x^{a})",
            (f"\\ln x^{a}",),
            (f"(\\ln x)^{a}", f"{a}\\ln(x+1)", f"\\ln({a}x)", f"\\ln x + {a}", f"\\ln^{a} x"),
        ),
    ]
    return r.choice(forms)


def equation(r: random.Random) -> Case:
    m, b = r.randint(2, 9), r.randint(1, 9)
    near = (
        f"y={m}x-{b}",
        f"y={b}x+{m}" if m != b else "y=x",
        f"y={m + 1}x+{b}",
        f"x={m}y+{b}",
        f"y=-{m}x+{b}",
        f"{m}x-{b}",
        f"y={m}x+{b}+y",
        f"y^2=({m}x+{b})^2",
        f"y={m}",
        f"{m}x+y={b}",
        f"y>{m}x+{b}",
        f"y=|{m}x+{b}|",
        f"y={m}x^2+{b}",
        f"y-{b}={m}x+{b}",
        f"(y-{m}x-{b})(x-1)=0",
        "0=0",
        "y=y",
        f"y={m}x+{b} or y={m}x-{b}",
    )
    return Case(
        f"y={m}x+{b}",
        (
            f"y = {m}x + {b}",
            f"{m}x - y + {b} = 0",
            f"y - {b} = {m}x",
            f"{m}x + {b}",
            f"2y = {2 * m}x + {2 * b}",
            f"y-{m}x={b}",
        ),
        near,
    )


def quantity(r: random.Random) -> Case:
    n = r.randint(2, 400)
    forms = [
        Case(
            f"{n}\\text{{ cm}}",
            (
                f"{n} cm",
                f"{n}cm",
                f"{10 * n} mm",
                f"{n} centimeters",
                f"{Fraction(n, 100)} m",
                f"{n}\\,\\mathrm{{cm}}",
            ),
            (
                f"{n} m",
                f"{n} mm",
                f"{n} cm^2",
                f"{n + 1} cm",
                f"{n} kg",
                f"{n} in",
                f"{n}",
                f"{n} s",
                f"{n} cm or {n + 1} cm",
                f"-{n} cm",
                f"{n} \\text{{ cm}}^3",
                f"{n} cm/s",
                f"{n} dm",
                f"{n} inches",
            ),
        ),
        Case(
            f"{n} km/h",
            (
                f"{n} kilometers per hour",
                f"{n}\\text{{ km/h}}",
                f"{n} kph",
                f"{Fraction(1000 * n, 3600)} m/s",
            ),
            (
                f"{n} mph",
                f"{n} m/s",
                f"{n} km",
                f"{n} h",
                f"{n} km h",
                f"{n} h/km",
                f"{n} km/min",
                f"{n + 1} km/h",
                f"{n} km/h^2",
                f"{n}",
            ),
        ),
        Case(
            f"{n} hours",
            (f"{60 * n} minutes", f"{n} h", f"{n} hr", f"{n - 1} hours 60 minutes"),
            (
                f"{n} minutes",
                f"{n} seconds",
                f"{n} days",
                f"{n} hours 1 minute",
                f"{n}:00",
                f"{n + 1} hours",
                f"{n} years",
                f"{n}",
            ),
        ),
        Case(
            f"\\${n}.50",
            (f"${n}.50", f"{n}.5 dollars", f"{n}50 cents", f"\\${n}.5"),
            (
                f"\\${n}.05",
                f"{n}.50 cents",
                f"€{n}.50",
                f"£{n}.50",
                f"\\${n}",
                f"\\${n + 1}.50",
                f"-\\${n}.50",
                f"${n}.50 or ${n + 1}.50",
                f"{n}.50\\%",
            ),
        ),
        Case(
            f"{n}^\\circ",
            (
                f"{n}°",
                f"{n} degrees",
                f"{n}^{{\\circ}}",
                f"\\frac{{{n}\\pi}}{{180}}",
                f"{n}\\text{{ degrees}}",
            ),
            (
                f"{n}",
                f"{n} radians",
                f"{n + 1}^\\circ",
                f"{n}\\pi",
                f"\\frac{{{n + 1}\\pi}}{{180}}",
                f"{n} C",
                f"{n}^0",
                f"{n}\\%",
                f"-{n}^\\circ",
                f"{n}^\\circ C",
                f"{n}^\\circ F",
                f"\\sin {n}^\\circ",
            ),
        ),
        Case(
            f"{n} apples",
            (f"{n} apples", f"{n}\\text{{ apples}}"),
            (
                f"{n} pears",
                f"{n + 1} apples",
                f"{n} dozen apples",
                f"{n} apples per day",
                f"{n} apples or {n + 1} apples",
                f"{n} fewer apples",
                f"{n} square apples",
            ),
        ),
    ]
    return r.choice(forms)


def clock(r: random.Random) -> Case:
    hour, minute = r.randint(1, 11), r.randint(10, 59)
    other = r.randint(10, 59)
    near = (
        f"{hour}:{minute} AM",
        f"{hour}:{minute}",
        f"{hour}:{other} PM" if other != minute else "1 PM",
        f"{hour + 1}:{minute} PM",
        f"{hour} hours {minute} minutes",
        f"{minute}:{hour}",
        f"{hour}.{minute} PM",
        f"{hour:02d}:{minute} a.m.",
        f"{hour}{minute}",
    )
    return Case(
        f"{hour}:{minute} PM",
        (
            f"{hour}:{minute} p.m.",
            f"{hour}:{minute}\\text{{ PM}}",
            f"{hour + 12}:{minute}",
            f"{hour:02d}:{minute} pm",
            f"{hour}:{minute}PM",
        ),
        near,
    )


def words(r: random.Random) -> Case:
    names = ["Alice", "Monday", "north", "parabola", "rectangle", "Tuesday", "isosceles"]
    right, wrong = r.sample(names, 2)
    letter, other = r.sample("ABCDE", 2)
    forms = [
        Case(
            right,
            (right.lower(), f"\\text{{{right}}}", f"The answer is {right}.", f"\\boxed{{\\text{{{right}}}}}"),
            (
                wrong,
                f"not {right}",
                f"{right} or {wrong}",
                f"{right}s",
                f"{right} and {wrong}",
                right[:-1],
                f"non-{right}",
                "5",
                "no",
            ),
        ),
        Case(
            f"({letter})",
            (
                letter,
                f"{letter}.",
                f"({letter}) 42",
                f"\\textbf{{({letter})}}",
                f"The correct option is ({letter})",
                f"\\text{{({letter})}}",
            ),
            (
                other,
                f"({other})",
                f"{letter} or {other}",
                f"({letter}), ({other})",
                f"not {letter}",
                f"{letter}{other}",
                f"({other}) {letter}",
                "5",
                f"({letter}) or ({other})",
            ),
        ),
        Case(
            "no solution",
            ("No solution.", "There are no solutions", "\\emptyset", "\\text{no solution}"),
            (
                "0",
                "one solution",
                "infinitely many solutions",
                "x = 0",
                "all real numbers",
                "solution",
                "yes",
                "no",
            ),
        ),
    ]
    return r.choice(forms)


KINDS: dict[str, Callable[[random.Random], Case]] = {
    "integer": integer,
    "rational": rational,
    "decimal": decimal,
    "repeating": repeating,
    "radical": radical,
    "constants": constants,
    "complex": complex_,
    "scientific": scientific,
    "numeral": numeral,
    "interval": interval,
    "set": set_,
    "plus_minus": plus_minus,
    "tuple": tuple_,
    "matrix": matrix,
    "expression": expression,
    "equation": equation,
    "quantity": quantity,
    "clock": clock,
    "words": words,
}


def cases(kind: str, count: int, *, seed: int = 0) -> list[Case]:
    """So many cases of a kind, always the same for a seed."""
    r = random.Random(f"{kind}/{seed}")
    return [KINDS[kind](r) for _ in range(count)]
