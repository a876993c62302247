"""The benchmark of the console runs in a real browser, at a size too small to mean anything."""

from rapport.server.bench import console


def test_the_console_is_measured_in_a_browser() -> None:
    found = console.run(conversations=400, rounds=1)

    assert found["first_paint_ms"] > 0
    assert 0 < found["interactive_ms"] <= found["quiet_ms"]
    assert found["bytes"] > 100_000
    assert found["scrolled"] >= 300
    assert found["scroll_frames"] > 0
