"""What holds for every test: examples are drawn alike each time, and where skips are forbidden a skip is a failure."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("alike", derandomize=True, deadline=None)
settings.load_profile("alike")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End a run in which a test was skipped as failed where none may be (`UPWIND_NO_SKIPS=1`, as in .ci/run)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("UPWIND_NO_SKIPS") != "1" or reporter is None or session.exitstatus != pytest.ExitCode.OK:
        return
    skipped = len(reporter.stats.get("skipped", ()))
    if skipped:
        reporter.write_line(f"\n{skipped} skipped, and none may be here (UPWIND_NO_SKIPS=1)", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
