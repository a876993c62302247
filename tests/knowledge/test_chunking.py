import time

from hypothesis import given
from hypothesis import strategies as st

from rapport.knowledge.search.chunking import MAX_CHUNKS, MAX_WORDS, Part, chunk, embeddable
from rapport.knowledge.search.words import terms_of_article, terms_of_question
from rapport.knowledge.slugs import slugify, unused

SENTENCE = "Seven words stand in this short sentence. "


def test_a_short_article_is_one_part_whatever_its_headings() -> None:
    body = "# Returns\n\nThirty days.\n\n## Costs\n\nNone."

    assert chunk(body) == [Part("", body)]
    assert chunk(" \n ") == []


def test_a_long_article_is_cut_at_its_headings() -> None:
    body = f"{SENTENCE * 5}\n\n## One ##\n\n{SENTENCE * 15}\n\n### Two\n\n{SENTENCE * 15}"

    parts = chunk(body)

    assert [p.heading for p in parts] == ["", "One", "Two"]
    assert all("#" not in p.text for p in parts)


def test_a_heading_inside_a_code_block_is_code() -> None:
    body = f"# Setup\n\n{SENTENCE * 30}\n\n```sh\n# not a heading\n```\n"

    assert {p.heading for p in chunk(body)} == {"Setup"}


def test_a_long_section_is_cut_at_sentences_and_repeats_its_last_one() -> None:
    sentences = [f"Sentence number {n} says something about parcels." for n in range(60)]

    parts = chunk(" ".join(sentences))

    assert len(parts) > 1
    assert all(len(p.text.split()) <= MAX_WORDS for p in parts)
    assert parts[1].text.startswith(parts[0].text.rsplit("\n\n", 1)[-1])
    assert all(any(s in p.text for p in parts) for s in sentences)


def test_the_model_reads_title_and_heading_with_every_part() -> None:
    part = Part("Costs **here**", "We *pay* the [label](https://x.example).")

    assert embeddable("Returns", part) == "Returns\nCosts here\nWe pay the label."


@given(st.text(alphabet="ab #\n`.~|返", max_size=3_000))
def test_nothing_is_lost_and_every_part_fits(body: str) -> None:
    parts = chunk(body)

    assert all(p.text.strip() for p in parts)
    assert all(len(p.text.split()) <= MAX_WORDS + 2 for p in parts)


def test_a_huge_text_takes_little_time_and_few_parts() -> None:
    for body in ("a" * 200_000, "# x\n" * 50_000, "`" * 200_000, " \n\n" * 60_000, "[" * 200_000):
        started = time.perf_counter()
        assert len(chunk(body)) <= MAX_CHUNKS
        assert time.perf_counter() - started < 3


def test_an_unspaced_script_is_cut_too() -> None:
    parts = chunk("商品は三十日以内に返品できます。" * 100)

    assert len(parts) > 2


def test_questions_and_articles_agree_on_words() -> None:
    article = terms_of_article("Parcels, boxes; companies' Addresses. The bus status is ours", "en")

    for question in ("parcel", "BOXES", "company", "bus", "status"):
        assert set(terms_of_question(question)) & set(article), question
    assert "the" not in article
    assert not any(term.startswith("~") for term in article)


@given(st.text(max_size=200))
def test_a_slug_is_never_empty_and_always_a_slug(title: str) -> None:
    slug = slugify(title)

    assert 0 < len(slug) <= 80
    assert slug == slugify(slug)
    assert unused(slug, {slug}) == f"{slug}-2"
