"""The HTTP edge: parse, ask, render. FastAPI is imported nowhere else."""
