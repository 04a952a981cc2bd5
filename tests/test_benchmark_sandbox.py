"""The sandbox benchmark: it runs, counts the CPU time of ended processes, and names no machine."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

from proofset.tools.sandbox import Sandbox

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_it_prints_a_table_and_a_soak(sandbox: Sandbox) -> None:
    command = [sys.executable, "sandbox.py", "--jobs", "4", "--soak", "40", "--backend", sandbox.name]
    done = subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1:-1] for line in done.stdout.splitlines() if line.startswith("|")]
    named = {(row[0].strip(), row[1].split("(")[0].strip()) for row in rows}
    assert named >= {("python -I -S", "plain"), (sandbox.name, "plain"), (sandbox.name, "math")}
    assert {row[0].strip() for row in rows} >= {"before", "4 jobs", "20 jobs", "40 jobs", "closed"}
    assert "Memory is " in done.stdout
    for secret in (platform.node(), sys.prefix, str(Path.cwd())):
        assert secret not in done.stdout


def test_an_unknown_backend_is_one_line() -> None:
    command = [sys.executable, "sandbox.py", "--backend", "chroot"]
    done = subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "no sandbox backend is called 'chroot'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_cpu_time_of_children_and_of_orphans_is_counted() -> None:
    script = f"""
import subprocess, sys, time
import process_tree
process_tree.adopt_orphans()
before = process_tree.cpu_now()
burn = {BURN!r}
subprocess.run([sys.executable, "-S", "-c", burn])
# Its parent ends at once, and nobody waits for it but who adopts it.
orphan = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-S', '-c', {{burn!r}}]).pid)"
pid = int(subprocess.run([sys.executable, "-S", "-c", orphan], stdout=subprocess.PIPE).stdout)
while open(f"/proc/{{pid}}/stat").read().rpartition(")")[2].split()[0] != "Z":
    time.sleep(0.01)
print(process_tree.cpu_now().since(before).tree, process_tree.footprint_now().processes)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=BENCHMARKS,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    cpu_s, processes = done.stdout.split()
    assert float(cpu_s) >= 0.58
    assert processes == "0"
