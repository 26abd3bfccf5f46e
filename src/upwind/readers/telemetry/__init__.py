"""Flight telemetry, one module a format: each has `read(file) -> Trajectory`, named in `trajectories.TELEMETRY`."""
