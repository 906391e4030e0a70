"""Zip files that want more than to be read."""

from __future__ import annotations

import io
import stat
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.archive import FILES, UNPACKED, unpack_course
from knowledge.course_upload import read_uploaded
from knowledge.errors import CoursebotError

LESSON = "# 容器\n\n容器是一个看到的世界被修改过的进程。\n"


def packed(*parts: tuple[str | zipfile.ZipInfo, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return made.getvalue()


def special(name: str, kind: int) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name)
    part.create_system = 3
    part.external_attr = (kind | 0o777) << 16
    return part


def refused(content: bytes, to: Path) -> str:
    """The key of the refusal, after which nothing lies anywhere it should not."""
    inside = to / "inside"
    inside.mkdir()
    with pytest.raises(CoursebotError) as caught:
        unpack_course(content, "course.zip", inside)
    assert [path for path in to.rglob("*") if inside not in {path, *path.parents}] == []
    return caught.value.key


PATHS = [
    "../evil.md",
    "a/../../evil.md",
    "/etc/evil.md",
    "//server/evil.md",
    "C:/evil.md",
    "C:evil.md",
    "..\\evil.md",
    "a\\..\\..\\evil.md",
    "./evil.md",
    "a//evil.md",
    "CON",
    "nul.md",
    "a/aux.md",
    "com1.toml",
    "LPT¹.md",
    "evil.md.",
    "evil.md ",
    "evil\x01.md",
    "evil.md:stream",
    "x" * 300 + ".md",
    "/".join("abcdefghijkl") + "/evil.md",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_anywhere_else(tmp_path: Path, path: str) -> None:
    assert refused(packed(("01.md", LESSON), (path, LESSON)), tmp_path) == "zip-path"


@given(path=st.text(st.sampled_from("./\\:ab\0 CONé容"), min_size=1, max_size=12))
def test_whatever_a_path_is_nothing_is_written_outside(
    path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    top = tmp_path_factory.mktemp("zip")
    inside = top / "inside"
    inside.mkdir()
    with suppress(CoursebotError):
        unpack_course(packed(("01.md", LESSON), (f"a{path}.md", LESSON)), "course.zip", inside)
    assert list(top.iterdir()) == [inside]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_no_links_and_no_devices(tmp_path: Path, kind: int) -> None:
    content = packed((special("01.md", kind), "/etc/passwd"))
    assert refused(content, tmp_path) == "zip-path"


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = packed(("01.md", LESSON), ("01.md", "other"))
    assert refused(content, tmp_path) == "zip-path"


def test_a_name_in_other_letters_is_a_name_twice(tmp_path: Path) -> None:
    assert refused(packed(("a.md", LESSON), ("A.MD", "other")), tmp_path) == "zip-path"


def test_a_file_where_a_folder_is_is_refused(tmp_path: Path) -> None:
    assert refused(packed(("a.md", LESSON), ("a.md/b.md", LESSON)), tmp_path) == "zip-path"


@pytest.mark.parametrize("name", ["more.zip", "a/b.tar.gz", "c.7Z", "d.rar"])
def test_no_archive_in_an_archive(tmp_path: Path, name: str) -> None:
    assert refused(packed(("01.md", LESSON), (name, b"x")), tmp_path) == "zip-nested"


def test_a_bomb_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    assert refused(packed(("01.md", b"0" * (30 << 20))), tmp_path) == "zip-bomb"
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.md")) <= 11 << 20


def test_many_small_parts_are_no_way_round(tmp_path: Path) -> None:
    parts = [(f"{number}.md", b"0" * (1 << 20)) for number in range(40)]
    assert refused(packed(*parts), tmp_path) == "zip-bomb"


def test_what_cannot_be_squeezed_has_a_limit_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert UNPACKED == 200 << 20
    monkeypatch.setattr("knowledge.archive.checked.__kwdefaults__", {"total": 1000, "broken": "zip-broken"})
    assert refused(packed(("01.md", bytes(range(256)) * 8)), tmp_path) == "zip-bomb"


def test_a_size_that_is_a_lie_is_found_out(tmp_path: Path) -> None:
    content = bytearray(packed(("01.md", b"0" * 5_000)))
    true, lie = (5_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert content.count(true) == 2
    assert refused(bytes(content.replace(true, lie)), tmp_path) == "zip-broken"


def test_too_many_parts(tmp_path: Path) -> None:
    assert refused(packed(*((f"{number}.md", b"") for number in range(FILES + 1))), tmp_path) == "zip-many"


def test_a_password(tmp_path: Path) -> None:
    content = bytearray(packed(("01.md", LESSON)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    assert refused(bytes(content), tmp_path) == "zip-encrypted"


@pytest.mark.parametrize("end", [10, 60])
def test_a_torn_archive(tmp_path: Path, end: int) -> None:
    whole = packed(("01.md", LESSON), ("02.md", LESSON))
    assert refused(whole[:-end], tmp_path) == "zip-broken"


def test_a_damaged_archive(tmp_path: Path) -> None:
    whole = bytearray(packed(("01.md", LESSON * 50)))
    whole[60] ^= 0xFF
    assert refused(bytes(whole), tmp_path) == "zip-broken"


def test_nothing_in_it(tmp_path: Path) -> None:
    assert refused(packed(("cover.png", b"\x89PNG")), tmp_path) == "nothing-to-import"


def test_a_course_in_a_folder_with_pictures_beside(tmp_path: Path) -> None:
    content = packed(
        ("my course/course.toml", 'title = "容器"\n'),
        ("my course/docs/01 - 容器.md", LESSON),
        ("my course/docs/img/a.png", b"\x89PNG"),
        ("__MACOSX/my course/._01.md", b"\0\0"),
    )
    read = read_uploaded(content, "x.zip", "containers")
    assert read.folder.course is not None
    assert (read.folder.course.slug, read.folder.course.title) == ("containers", "容器")
    assert [lesson.slug for lesson in read.folder.course.lessons] == ["01 - 容器"]


def test_names_from_chinese_windows_are_read(tmp_path: Path) -> None:
    name = "01 - 容器.md"
    content = packed((zipfile.ZipInfo("0" * len(name.encode("gbk"))), LESSON)).replace(
        b"0" * len(name.encode("gbk")), name.encode("gbk")
    )
    read = read_uploaded(content, "x.zip", "containers")
    assert read.folder.course is not None
    assert read.folder.course.lessons[0].slug == "01 - 容器"


def test_lessons_in_other_encodings_are_converted_and_said() -> None:
    content = packed(("01.md", LESSON.encode("gbk")), ("02.md", LESSON), ("03.md", LESSON.encode("utf-16")))
    read = read_uploaded(content, "x.zip", "containers")
    assert read.encodings == ("GBK", "UTF-16")
    assert read.folder.course is not None
    assert {lesson.passages[-1].text for lesson in read.folder.course.lessons} == {
        "容器是一个看到的世界被修改过的进程。"
    }


def test_problems_name_files_as_they_were_sent() -> None:
    read = read_uploaded(packed(("a/01.md", LESSON), ("a/02.md", "")), "x.zip", "containers")
    assert [(each.file, each.key) for each in read.folder.problems] == [("a/02.md", "file-empty")]


def test_one_lesson() -> None:
    read = read_uploaded(LESSON.encode("gbk"), "../01 - 容器.md", "containers")
    assert read.folder.course is not None
    assert not read.folder.course.complete
    assert [lesson.slug for lesson in read.folder.course.lessons] == ["01 - 容器"]
