"""Security row 6: what an upload is, is told by its bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.files.errors import FileKindForbidden
from rapport.kernel.files.kinds import FORBIDDEN_EXTENSIONS, kind_of
from rapport.kernel.files.names import MAX_CHARS, clean_name
from tests.make.files import archive, picture

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
ODT = archive(mimetype="application/vnd.oasis.opendocument.text", content_xml="<x/>")


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.png", picture("PNG"), "image/png"),
        ("a.jpg", picture("JPEG"), "image/jpeg"),
        ("a.gif", picture("GIF"), "image/gif"),
        ("a.webp", picture("WEBP"), "image/webp"),
        ("a.pdf", PDF, "application/pdf"),
        ("a.txt", b"hello", "text/plain"),
        ("a.csv", "Größe;1\n".encode("utf-8-sig"), "text/plain"),
        ("a.json", b'{"a": [1, 2]}', "text/plain"),
        ("a.log", b"12:00 5 < 7 and x<y", "text/plain"),
        ("a.zip", archive(a_txt="x"), "application/zip"),
        ("a.odt", ODT, "application/vnd.oasis.opendocument.text"),
        ("a.mp3", b"ID3\x04\x00", "audio/mpeg"),
        ("a.mp4", b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        ("a.mov", b"\x00\x00\x00\x18ftypqt  ", "video/quicktime"),
        ("a.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("nameless", b"hello", "text/plain"),
    ],
)
def test_what_people_send_is_accepted(name: str, content: bytes, content_type: str) -> None:
    assert kind_of(content, name).content_type == content_type


@pytest.mark.parametrize("extension", sorted(FORBIDDEN_EXTENSIONS))
def test_a_name_that_a_computer_would_run_is_refused_whatever_is_inside(extension: str) -> None:
    for name in (
        f"a.{extension}",
        f"a.txt.{extension.upper()}",
        f"a.{extension}. ",
        f"a\u202e.{extension}",
    ):
        with pytest.raises(FileKindForbidden):
            kind_of(picture(), name)


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><p>x",
        b"  \n\t<html><body onload=alert(1)>",
        b"\xef\xbb\xbf<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<?php system($_GET[0]);",
        b"hello <img src=x onerror=alert(1)>",
        b"<!-- x --><script >alert(1)</script>",
        b"javascript:alert(1)",
        b"#!/bin/sh\nrm -rf /",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01\x01",
        b"\xca\xfe\xba\xbe\x00\x00",
        b"\xcf\xfa\xed\xfe\x07",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"CWS\x0a",
        b"\x00asm\x01\x00\x00\x00",
        b"ITSF\x03",
        b"RIFF\x24\x00\x00\x00EVIL",
        b"XXXX\x24\x00\x00\x00WEBP",
        b"\xff\xfe<\x00s\x00c\x00r\x00i\x00p\x00t\x00>\x00",
        b"+ADw-script+AD4-\x00",
        b"\x00\x01\x02\x03",
        b"",
        b"   \n",
        b"PK\x03\x04 not really an archive",
        archive(word__vbaProject_bin="x"),
        archive(AndroidManifest_xml="x"),
        archive(index_html="<script>alert(1)</script>"),
        archive(setup_exe="MZ"),
    ],
)
def test_programs_scripts_pages_and_the_unknown_are_refused(content: bytes) -> None:
    with pytest.raises(FileKindForbidden):
        kind_of(content, "report.txt")


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("photo.png", "photo.png"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ada\\cv.txt", "cv.txt"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("invoice\u202egpj.txt", "invoicegpj.txt"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ("  . .txt", "txt.txt"),
        ("", "file.txt"),
        ("..", "file.txt"),
        ("CON.txt", "file.txt"),
        ('a"; filename="b.txt', "a__ filename=_b.txt"),
        ("<svg onload=1>.txt", "_svg onload=1_.txt"),
        ("Rechnung für Ägypten.txt", "Rechnung für Ägypten.txt"),
        ("photo.jpeg", "photo.txt"),
        ("x" * 500 + ".txt", "x" * (MAX_CHARS - 4) + ".txt"),
    ],
)
def test_a_name_is_made_safe_to_show_and_to_save(given_name: str, kept: str) -> None:
    extension = "png" if kept.endswith("png") else "txt"

    assert clean_name(given_name, extension=extension) == kept


@given(st.text(max_size=300))
def test_no_name_keeps_a_path_or_an_invisible_mark(name: str) -> None:
    cleaned = clean_name(name, extension="txt")

    assert len(cleaned) <= MAX_CHARS
    assert cleaned.endswith(".txt")
    assert not set(cleaned) & set('/\\\0\r\n"<>:\u202e\u200b')
    assert not cleaned.startswith(".")
