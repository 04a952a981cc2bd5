"""What runs inside the sandbox: a warm interpreter that forks for every job, and what becomes of the fork.

Nothing of proofset can be imported there, so these modules use the standard library alone; their code is
handed to the interpreter when it starts (see `..warm`).

    zygote ──fork──▶ supervisor ──fork──▶ program: confine, then run
"""
