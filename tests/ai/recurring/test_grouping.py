import numpy as np

from rapport.ai.recurring import grouping, vectors
from rapport.ai.recurring.vectors import WORDS, Limits

LIMITS = Limits(found=0.5, join=0.6, merge=0.8)


def around(middle: list[float], count: int, seed: int = 0) -> vectors.Vectors:
    drawn = np.random.default_rng(seed).normal(0, 0.1, (count, len(middle)))
    made = (np.array(middle) + drawn).astype(np.float32)
    unit: vectors.Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def test_dense_groups_of_three_customers_are_found() -> None:
    matrix = np.concatenate([around([1, 0, 0], 4), around([0, 1, 0], 3), around([0, 0, 1], 2)])

    groups = grouping.found(matrix, list("abcdefghi"), LIMITS)

    assert groups == [[0, 1, 2, 3], [4, 5, 6]]
    assert grouping.found(matrix, list("aabbefghi"), LIMITS) == [[4, 5, 6]]
    assert grouping.found(matrix[:2], list("ab"), LIMITS) == []


def test_the_nearest_face_is_joined_unless_it_is_barred() -> None:
    faces = np.eye(3, dtype=np.float32)[:2]
    matrix = np.array([[0.9, 0.44, 0], [0.1, 0.1, 0.99]], np.float32)

    (joined,) = grouping.join(matrix, faces, LIMITS, [(), ()])

    assert (joined.row, joined.face) == (0, 0)
    assert grouping.join(matrix, faces, LIMITS, [(0,), ()]) == []
    assert grouping.join(matrix, faces[:0], LIMITS, [(), ()]) == []


def test_faces_that_mean_the_same_come_nearest_first() -> None:
    faces = np.array([[1, 0], [0.81, 0.586], [0.999, 0.0447]], np.float32)

    assert grouping.alike(faces, LIMITS) == [(0, 2), (1, 2), (0, 1)]
    assert grouping.alike(faces[:1], LIMITS) == []


def test_words_of_any_script_lie_close_to_their_forms() -> None:
    for one, near, far in (
        ("Rückerstattung fehlt", "fehlende Rückerstattungen", "Zelt waschen"),
        ("где мой возврат денег", "возврат денег не пришёл", "как стирать палатку"),
        ("退款还没有到账", "退款一直没到账", "帐篷怎么清洗"),
        ("لم يصل المبلغ المسترد", "المبلغ المسترد لم يصلني", "كيف اغسل الخيمة"),
    ):
        a, b, c = vectors.words(one), vectors.words(near), vectors.words(far)
        assert a @ b > a @ c + 0.2, one
        assert a @ b > vectors.LIMITS[WORDS].join - 0.2, one
    assert not vectors.words("…").any()
