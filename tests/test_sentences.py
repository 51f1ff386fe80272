"""Sentences: every visible letter in one of them, structure told from prose."""

from collections.abc import Callable
from functools import partial

import pytest
from fakes import CHECKOUT, document_of
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import BLOCK_LIMIT, Kind, split_sentences
from pullquote.corpus.structure import opening_of
from pullquote.settings import Settings

# What breaks splitters: line ends of every kind, invisible and combining letters, marks that open and never close.
PIECES = st.sampled_from(
    [*"ab.!? \n\r\t\"'()[]-#|", "\r\n", "\n\n", "\u2028", "\u2029", "\x85", "\x0c", "\x0b", "\ufeff", "\u200b", "\u200d",
     "\u0301", "\ufe0f", "\U0001f600", "\u05d0", "\u202e", "“", "”", "‘", "’", "Dr. ", "U.S. ", "e.g. ", "[1]", "It did. ",
     "Read more: x", "# H", "- x", "1. ", "…", "。", "？", "·"]
)  # fmt: skip
MESSY_TEXTS = st.lists(PIECES, max_size=60).map("".join)


def cut(document: Document, kind: Kind | None = None) -> list[str]:
    return [s.span.cut(document.text) for s in split_sentences(document) if kind in (None, s.kind)]


@given(MESSY_TEXTS | st.text(max_size=200))
def test_sentences_are_in_order_trimmed_and_hold_every_visible_letter(text: str):
    covered = text.startswith("\ufeff")
    for sentence in split_sentences(document_of(text)):
        words = sentence.span.cut(text)
        assert words == words.strip()
        assert not text[covered : sentence.span.start].strip()
        covered = sentence.span.end
    assert not text[covered:].strip()


@given(MESSY_TEXTS)
def test_paragraphs_count_up_and_headings_lie_before(text: str):
    sentences = split_sentences(document_of(text))
    paragraphs = [sentence.paragraph for sentence in sentences]
    assert paragraphs == sorted(paragraphs)
    for place, sentence in enumerate(sentences):
        assert sentence.heading is None or (
            sentence.heading < place and sentences[sentence.heading].kind is Kind.HEADING
        )


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Tolls work. Taxes do not.", ["Tolls work.", "Taxes do not."]),
        ("Dr. Finch spoke. So did Mr. Gray.", ["Dr. Finch spoke.", "So did Mr. Gray."]),
        ("The U.S. acted. It won.", ["The U.S. acted.", "It won."]),
        ("It cost US$2.50 (£1.90). Too much?", ["It cost US$2.50 (£1.90).", "Too much?"]),
        ("“It failed,” she said. “Badly.” Nobody knew.", ["“It failed,” she said.", "“Badly.”", "Nobody knew."]),
        ("One.\r\n\r\nTwo.\r\n", ["One.", "Two."]),
        ("One.\r\rTwo.", ["One.", "Two."]),
        ("One.\u2029Two.", ["One.", "Two."]),
        ("First line\nof one sentence. Next.", ["First line\nof one sentence.", "Next."]),
        ("- one thing.\n- another.", ["- one thing.", "- another."]),
        ("Accents e\u0301. Next.", ["Accents e\u0301.", "Next."]),
        ("Twice. Twice. Twice.", ["Twice.", "Twice.", "Twice."]),
        ("  \n\n ", []),
        ("", []),
    ],
)
def test_a_text_is_split_where_a_reader_would(text: str, sentences: list[str]):
    assert cut(document_of(text)) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "“Too high,” said Cllr. Morwenna Pascoe. It passed.",
            ["“Too high,” said Cllr. Morwenna Pascoe.", "It passed."],
        ),
        ("So said Ald. Smith and Assemb. Jones.", ["So said Ald. Smith and Assemb. Jones."]),
        ("Atty. Gen. Rob Bonta agreed.", ["Atty. Gen. Rob Bonta agreed."]),
        ("It was Ret. Army Col. Ann Poe.", ["It was Ret. Army Col. Ann Poe."]),
        ("She spoke for Col. Poe, Ret. Critics did not.", ["She spoke for Col. Poe, Ret.", "Critics did not."]),
        ("They elected a new Coun. The town slept.", ["They elected a new Coun.", "The town slept."]),
        ("They elected a new Coun. It was late.", ["They elected a new Coun.", "It was late."]),
        ("Thos. Bewley deposed. He lied.", ["Thos. Bewley deposed.", "He lied."]),
    ],
)
def test_a_title_is_not_cut_off_from_the_name_after_it(text: str, sentences: list[str]):
    assert cut(document_of(text)) == sentences


@pytest.mark.parametrize(
    "junk",
    ["<div class='note'>", "</div>", "<!-- a note -->", "[TOC]", "[[_TOC_]]", "Page 3 of 7", "```\nyear,no2\n\n2022,45\n```", "~~~ py\nx = 1\n~~~",
     "Option\tCost\nA\t£120,000\nB\t£450,000"],
)  # fmt: skip
def test_tags_code_tables_and_page_numbers_are_no_prose_and_the_lines_around_them_are(junk: str):
    assert cut(document_of(f"Tolls pay.\n\n{junk}\n\nTaxes do not."), Kind.PROSE) == ["Tolls pay.", "Taxes do not."]
    if "\t" not in junk:
        assert cut(document_of(f"Tolls pay.\n{junk}\nTaxes do not."), Kind.PROSE) == ["Tolls pay.", "Taxes do not."]


@pytest.mark.parametrize("line", ["Page 3 of 10", "<!-- check this -->"])
def test_a_page_that_ends_within_a_sentence_does_not_cut_it(line: str):
    text = f"It is clear that the council will not\n{line}\nraise the fee for boats."
    assert cut(document_of(f"{text}\n\nThe end."), Kind.PROSE) == [text, "The end."]


@pytest.mark.parametrize(
    "text",
    ["```\nTolls pay, though nothing ends it.", "```pay``` is a command.", "<b>Tolls</b> pay.", "Page 3 of 7 says so.",
     "LEE:\tTolls pay.\nRAY:\tThey do not.\nLEE:\tThey do.", "To:\tAnn\nFrom:\tBo"],
)  # fmt: skip
def test_prose_that_only_looks_like_these_is_kept(text: str):
    document = document_of(f"{text}\n\nThe end.")
    assert " ".join(cut(document, Kind.PROSE)).endswith(f"{text.rsplit(maxsplit=1)[-1]} The end.")


@pytest.mark.parametrize("mark", ["“", '"', "‘", "'", "(", "*“"])
def test_a_mark_that_opens_stays_with_what_it_opens_though_nothing_closes_it(mark: str):
    text = f"“We lost the flat,” said Rhys Kellow. {mark}I slept in my van until October.\n\n“No more.”"
    assert cut(document_of(text)) == [
        "“We lost the flat,” said Rhys Kellow.",
        f"{mark}I slept in my van until October.",
        "“No more.”",
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("# Fairness", Kind.HEADING),
        ("Striking the cartels", Kind.HEADING),
        ("2 Costs", Kind.HEADING),
        ("Read more: tolls and you", Kind.NOT_PROSE),
        ("https://tolls.example/a", Kind.NOT_PROSE),
        ("Photo: Ada Finch", Kind.NOT_PROSE),
        ("| a | b |", Kind.NOT_PROSE),
        ("* * *", Kind.NOT_PROSE),
        ("**By Jenna Trewin, housing correspondent**", Kind.NOT_PROSE),
        ("*By Jenna Trewin and Rhys Kellow.*", Kind.NOT_PROSE),
        ("**Policy brief 17 | November 2024**", Kind.NOT_PROSE),
        ("*Editor's note: It said 12-5. It was 11-6.*", Kind.NOT_PROSE),
        ("_This article was first published in May._", Kind.NOT_PROSE),
        ("*By Tuesday the roof had fallen in.*", Kind.PROSE),
        ("*Nobody is listening to us.*", Kind.PROSE),
        ("**RL: Will you be back for wolves?**", Kind.PROSE),
        ("*Note* that *tolls: work*", Kind.PROSE),
        ("![Cottages! They are old.](a.jpg)", Kind.NOT_PROSE),
        ("[![Cottages](a.jpg)](b_(c).html)", Kind.NOT_PROSE),
        ("A WHOLE LINE OF SHOUTING.", Kind.NOT_PROSE),
        ("THE WHITE HOUSE, February 1, 2025.", Kind.NOT_PROSE),
        ("THE WHITE HOUSE acted on February 1, 2025.", Kind.PROSE),
        ("In Washington, February 1, 2025.", Kind.PROSE),
        ("Senator CRUZ.", Kind.NOT_PROSE),
        ("The CHAIRMAN.", Kind.NOT_PROSE),
        ("Chairman LEE of Utah.", Kind.NOT_PROSE),
        ("Senator Cruz won.", Kind.PROSE),
        ("The answer is NATO.", Kind.PROSE),
        ("Join NATO.", Kind.PROSE),
        ("Yours faithfully,", Kind.NOT_PROSE),
        ("Sincerely,", Kind.NOT_PROSE),
        ("With kind regards,", Kind.NOT_PROSE),
        ("Yours faithfully,\nAnn Lee, baker\nBob Bell", Kind.NOT_PROSE),
        ("Sincerely, I believe that tolls work.", Kind.PROSE),
        ("Yours is the right side.", Kind.PROSE),
        ("Respectfully, the council is wrong.", Kind.PROSE),
        ("To unsubscribe, click here.", Kind.NOT_PROSE),
        ("To unsubscribe from this newsletter, please reply with STOP.", Kind.NOT_PROSE),
        ("If you no longer wish to unsubscribe, say so.", Kind.PROSE),
        ("Click here to unsubscribe.", Kind.NOT_PROSE),
        ("You are receiving this email because you signed up.", Kind.NOT_PROSE),
        ("You can unsubscribe at any time.", Kind.NOT_PROSE),
        ("To opt out, contact us at lee@tolls.example.", Kind.NOT_PROSE),
        ("To opt out, contact the school board, which has refused every parent since May.", Kind.PROSE),
        ("To opt out, visit the county office in person, which no farmer can do.", Kind.PROSE),
        ("You are receiving this message because you, unlike the mayor, oppose the tolls.", Kind.PROSE),
        ("You are receiving this email because you are subscribed to our list.", Kind.NOT_PROSE),
        ("Contacts: 150 nurses a day meet the sick and pay the toll.", Kind.PROSE),
        ("Contact: Joan Whitlock, 020 7946 0018", Kind.NOT_PROSE),
        ("NO TOLLS\nTolls are unfair to nurses and harm the shops", Kind.PROSE),
        ("Respectfully,\nThe council refuses tolls and asks the state to pay", Kind.PROSE),
        ("Sincerely,\nWill Lee, retired nurse\nMay Bell", Kind.NOT_PROSE),
        ("To unsubscribe, readers had to write twice, which is absurd.", Kind.PROSE),
        ("It should be as easy to unsubscribe as to sign up.", Kind.PROSE),
        ("You can unsubscribe at any time, but the firm keeps what it knows.", Kind.PROSE),
        ("[Home](/) > [Families](/families) > Phones", Kind.NOT_PROSE),
        ("Yes | No", Kind.NOT_PROSE),
        ("Contact us | Privacy | Accessibility", Kind.NOT_PROSE),
        ("Yes | no is what they ask.", Kind.PROSE),
        ("[Tolls](/tolls) pay for the bridge.", Kind.PROSE),
        ("Was this page helpful?", Kind.NOT_PROSE),
        ("Was this law helpful?", Kind.PROSE),
        ("Dear President Carranza and members of the Board,", Kind.NOT_PROSE),
        ("To the Editor:", Kind.NOT_PROSE),
        ("Dear as it is, the bridge pays.", Kind.PROSE),
        ("By Marcus Delacroix", Kind.NOT_PROSE),
        ("FOR IMMEDIATE RELEASE", Kind.NOT_PROSE),
        ("By law and custom", Kind.HEADING),
        ("March 5, 2025", Kind.NOT_PROSE),
        ("On March 5, 2025, they voted.", Kind.PROSE),
        ("Media contact: press@tolls.example", Kind.NOT_PROSE),
        ("Contact: that is what they lack.", Kind.PROSE),
        ("Sign up for the Tribune's morning newsletter", Kind.NOT_PROSE),
        ("Sign up for a newsletter, they said, and see.", Kind.PROSE),
        ("FOR IMMEDIATE RELEASE\nMarch 5, 2025\nContact: Joan Whitlock, (555) 010-2233", Kind.NOT_PROSE),
        ("MERCHANTS OPPOSE BUS LANE\nSurvey finds most customers drive", Kind.NOT_PROSE),
        ("Dolores Quintero\nPresident, Local 88", Kind.NOT_PROSE),
        ("THE COURT\nheld that tolls are taxes", Kind.PROSE),
        ("TOLLS PAY\nSo the town says.", Kind.PROSE),
        ("The Court of Appeal\nHas told the town to pay", Kind.PROSE),
        ("This is a sentence.", Kind.PROSE),
        ("lower case without an end", Kind.PROSE),
        ("They asked: why?", Kind.PROSE),
    ],
)
def test_a_line_is_prose_or_structure(line: str, kind: Kind):
    first = split_sentences(document_of(f"{line}\n\nAnd then some prose follows.\n"))[0]
    assert (first.kind, first.span.start, first.span.end) == (kind, 0, len(line))


WORKS = [
    "Lee, A. (2019). Tolls and towns. Oxford University Press.",
    "[2] World Bank, Annual report, 2020.",
    "3. Ann Lee, “Who pays?”, Toll Review, March 2021, p. 4.",
    "- Chen, Bo. *Roads*. Yale, n.d.",
    "https://tolls.example/a",
]


@pytest.mark.parametrize(
    "heading", ["References", "## Bibliography", "**Works cited**", "Notes", "References:", "7. Sources"]
)
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_the_works_listed_under_such_a_heading_are_no_prose(heading: str, between: str):
    document = document_of(f"Tolls work.\n\n{heading}\n\n{between.join(WORKS)}\n\n# Thanks\n\nLee (2019) was kind.\n")
    assert cut(document, Kind.PROSE) == ["Tolls work.", "Lee (2019) was kind."]


@pytest.mark.parametrize(
    "words",
    [
        "Lee (2019) argues that tolls fail.",
        "These works were read in 2019.",
        "3. The council's own figures show that fares rose in 2019.",
        "Fares rose by half in 2019 and fell again.",
    ],
)
@pytest.mark.parametrize("heading", ["References", "Notes"])
def test_what_is_claimed_among_notes_and_works_stays_prose(heading: str, words: str):
    assert words in cut(document_of(f"Tolls work.\n\n{heading}\n\n{words}\n"), Kind.PROSE)


@pytest.mark.parametrize(
    "words",
    ["[^1]: Lee rejects this reading of the treaty, p. 7.", "Tolls hurt the poor most of all (Lee, 2019)."],
)
def test_what_a_note_claims_with_any_verb_stays_prose(words: str):
    assert words in cut(document_of(f"Tolls work.\n\n## Notes\n\n{words} Cities need money.\n"), Kind.PROSE)


@pytest.mark.parametrize("rule", ["* * *", "---"])
def test_a_rule_ends_a_list_of_works(rule: str):
    document = document_of(
        f"Tolls work.\n\n## References\n\n{WORKS[0]}\n\n{rule}\n\nLee teaches. Since 1999, she asks.\n"
    )
    assert cut(document, Kind.PROSE) == ["Tolls work.", "Lee teaches.", "Since 1999, she asks."]


def test_white_space_after_the_mark_of_a_work_is_soon_looked_through():
    def prepare(size: int) -> Callable[[], object]:
        text = f"Tolls work.\n\n## References\n\n-{' ' * size}lee said\n\nThis is the end.\n"
        return partial(split_sentences, document_of(text))

    assert_in_proportion(prepare, 64_000)


def test_a_work_in_the_midst_of_an_argument_is_prose():
    work = "Lee, A. (2019), Tolls and towns, is the book to read."
    assert cut(document_of(f"Tolls work.\n\n{work}\n"), Kind.PROSE) == ["Tolls work.", work]


@pytest.mark.parametrize(
    "text", ["# Habitats\n\nZebras roam. They eat.", "Zebras roam.\nThey eat.", "- one.\n- two.", "\n\nOne."]
)
def test_a_byte_order_mark_moves_every_sentence_by_one_and_changes_none(text: str):
    without, after_it = (split_sentences(document_of(each)) for each in (text, f"\ufeff{text}"))
    assert [(s.span.start + 1, s.span.end + 1, s.kind, s.heading) for s in without] == [
        (s.span.start, s.span.end, s.kind, s.heading) for s in after_it
    ]


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        (
            "1. **Deer thrive there.** There are two million. 2 of them here.",
            ["1. **Deer thrive there.**", "There are two million.", "2 of them here."],
        ),
        ("*It is not funded.* Nobody knows why.", ["*It is not funded.*", "Nobody knows why."]),
        ("__Not at all.__ _So_ it is.", ["__Not at all.__", "_So_ it is."]),
        ("*“Why?”* he asked. *No one* knew.", ["*“Why?”* he asked.", "*No one* knew."]),
        ("Rents rose.¹ Wages did not.²", ["Rents rose.¹", "Wages did not.²"]),
        ("“It failed.”¹² Nobody knew.[^3] So it was.", ["“It failed.”¹²", "Nobody knew.[^3]", "So it was."]),
        ("Rents rose.<sup>1</sup> Wages did not.", ["Rents rose.<sup>1</sup>", "Wages did not."]),
    ],
)
def test_what_closes_or_annotates_a_sentence_stays_with_it(text: str, prose: list[str]):
    assert cut(document_of(text), Kind.PROSE) == prose


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("1.\tCosts\r\n1.1\tTolls pay.\r\n1.2\tTaxes do not.", ["1.\tCosts", "1.1\tTolls pay.", "1.2\tTaxes do not."]),
        ("2. Costs\n2.1 Tolls pay.\n2.1.1. So they say.", ["2. Costs", "2.1 Tolls pay.", "2.1.1. So they say."]),
        ("1.2 Tolls pay,\nas we said.\n2.1 Taxes do not.", ["1.2 Tolls pay,\nas we said.", "2.1 Taxes do not."]),
        ("Spending reached\n3.5 Million pounds.", ["Spending reached\n3.5 Million pounds."]),
        ("1.2 Spending reached\n3.5 Million pounds.", ["1.2 Spending reached\n3.5 Million pounds."]),
        ("Prices rose by.\n3.5 per cent.", ["Prices rose by.", "3.5 per cent."]),
    ],
)
def test_a_numbered_paragraph_is_one_of_its_own(text: str, sentences: list[str]):
    assert cut(document_of(f"{text}\n\nThe end.")) == [*sentences, "The end."]


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Q. Who pays?\nA. It is us.", ["Q. Who pays?", "A. It is us."]),
        ("**Q.** Who pays? *a)* Drivers do.", ["**Q.** Who pays?", "*a)* Drivers do."]),
        ("2.1. Tolls pay. J. Smith said so.", ["2.1. Tolls pay.", "J. Smith said so."]),
        ("IV. Tolls pay. No. They do not.", ["IV. Tolls pay.", "No.", "They do not."]),
        ("A.\n\nTolls pay.", ["Tolls pay."]),
    ],
)
def test_a_label_stays_with_what_it_labels_and_is_no_sentence_by_itself(text: str, prose: list[str]):
    assert cut(document_of(text), Kind.PROSE) == prose


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("**2. Parking.** Fees will rise.", "**2. Parking.**"),
        ("3. **Wind turbine**: Fees will rise.", None),  # a colon ends no sentence: it is all one
        ("3. **Wind turbine**. Fees will rise.", "3. **Wind turbine**."),
        ("**2. Tolls cut jams.** Fees will rise.", None),
        ("1. **Never again.** Fees will rise.", None),
        ("**Parking.** Fees will rise.", None),
        ("Fees will rise. **2. Parking.** Nobody knows.", None),
    ],
)
def test_a_numbered_heading_in_the_line_of_its_text_is_no_prose_where_it_claims_nothing(text: str, heading: str | None):
    document = document_of(f"# Head\n\n{text}\n\nMore of it.")
    sentences = split_sentences(document)
    assert cut(document, Kind.HEADING)[1:] == ([heading] if heading else [])
    assert [sentence.heading for sentence in sentences[-2:]] == [1 if heading else 0, 0]


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("**Equity.** Half of them own no car. Few do.", ["**Equity.** Half of them own no car.", "Few do."]),
        ("**Travel time**. It fell.", ["**Travel time**. It fell."]),
        ("2.2 Pilot. Two schools took part.", ["2.2 Pilot. Two schools took part."]),
        ("1. *No action.* Speeds would fall.", ["1. *No action.* Speeds would fall."]),
        ("- *Peak hours only.* Lanes would close.", ["- *Peak hours only.* Lanes would close."]),
        ("**Tolls cut jams.** In one town they fell.", ["**Tolls cut jams.**", "In one town they fell."]),
        ("**We lost.** They won.", ["**We lost.**", "They won."]),
        ("**Never again.** They won.", ["**Never again.**", "They won."]),
        ("2.2 Tolls cut jams. They work.", ["2.2 Tolls cut jams.", "They work."]),
        ("**Equity.**\n\nHalf of them own no car.", ["Half of them own no car."]),
    ],
)
def test_a_label_in_the_line_of_its_text_is_quoted_with_it(text: str, prose: list[str]):
    assert cut(document_of(f"{text}\n\nThe end."), Kind.PROSE) == [*prose, "The end."]


def test_who_signs_a_report_in_its_last_line_is_no_prose():
    assert cut(document_of("Tolls work.\n\nRuth Amari, Chair of the Committee"), Kind.PROSE) == ["Tolls work."]
    assert len(cut(document_of("Tolls work.\n\nRuth Amari, Chair, left early"), Kind.PROSE)) == 2


def test_a_short_opening_in_bold_is_prose_where_verbs_are_not_known():
    assert cut(document_of("**2. Parken kostet.** Es wird teurer.", language="de"), Kind.HEADING) == []


@pytest.mark.parametrize(
    ("caption", "prose"),
    [
        ("![A](a.jpg) *Old cottages. Photo: K. Bray*", []),
        ("![A](a.jpg)\n*Old cottages. They fell.*", []),
        ("![A](a.jpg)\n\n*Old cottages*", []),
        ("![A](a.jpg)\n\n*Photo by K. Bray.*", []),
        ("![A](a.jpg)\n\n*Lets empty the coast.*", ["*Lets empty the coast.*"]),
        ("![A](a.jpg) Old cottages", []),
        ("![A](a.jpg)\nThe cottages are old.", ["The cottages are old."]),
        ("![A](a.jpg) ![B](b.jpg) The cottages are old. They fell.", ["The cottages are old.", "They fell."]),
    ],
)
def test_a_caption_is_no_prose_and_a_text_beside_an_image_is(caption: str, prose: list[str]):
    assert cut(document_of(f"Before it.\n\n{caption}\n\nAfter it."), Kind.PROSE) == ["Before it.", *prose, "After it."]


def test_a_heading_in_emphasis_is_one_where_the_operator_says_so():
    document = document_of("**Why it matters**\n\nIt does.", headings=("**Why it matters**",))
    assert cut(document, Kind.HEADING) == ["**Why it matters**"]


def test_what_the_operator_names_is_structure_wherever_it_stands():
    document = document_of("Buy now! Words here. Buy now!\n\nthe end of it\n\nMore words.", not_prose=("Buy now!",),
                           headings=("the end of it",))  # fmt: skip
    assert cut(document, Kind.PROSE) == ["Words here.", "More words."]
    assert cut(document, Kind.HEADING) == ["the end of it"]


@given(MESSY_TEXTS, st.lists(st.lists(PIECES, min_size=1, max_size=3).map("".join), max_size=4))
def test_a_sentence_is_no_prose_wherever_one_of_the_operators_strings_covers_it(text: str, exact: list[str]):
    named = tuple(words for words in exact if words.strip())
    marks = [(found, found + len(words)) for words in named for found in _places(text, words)]
    for sentence in split_sentences(document_of(text, not_prose=named)):
        if any(start <= sentence.span.start and sentence.span.end <= end for start, end in marks):
            assert sentence.kind is not Kind.PROSE


def _places(text: str, words: str) -> list[int]:
    pieces = text.split(words)[:-1]
    return [sum(map(len, pieces[: place + 1])) + place * len(words) for place in range(len(pieces))]


def test_the_last_line_is_never_taken_for_a_heading():
    assert cut(document_of("Some prose.\n\nShort last line"), Kind.HEADING) == []


BYLINES = (
    "by Ivo Stahl, head teacher, Elm Road School",
    "By Ivo Stahl and Ruth Bell",
    "*by Ivo Stahl, Elm Road*",
    "by Ivo Stahl | Elm News",
)


@pytest.mark.parametrize("byline", BYLINES)
@pytest.mark.parametrize(
    "title", ["Why no phone comes into my school", "Should phones be banned?", "Why " + "no phone " * 12 + "came"]
)
@pytest.mark.parametrize("between", ["\n", "\r\n", "\n\n", "\n \n\n"])
def test_the_first_line_of_a_document_over_a_byline_is_its_heading(title: str, between: str, byline: str):
    document = document_of(f"{title}{between}{byline}\n\nPupils talk more now. They read more too.\n")
    assert [(s.span.cut(document.text), s.kind, s.heading) for s in split_sentences(document)] == [
        (title, Kind.HEADING, None),
        (byline, Kind.NOT_PROSE, 0),
        ("Pupils talk more now.", Kind.PROSE, 0),
        ("They read more too.", Kind.PROSE, 0),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The road was opened in the rain of May\nby Ivo Stahl, who had paid for most of it, and\nclosed in June.",
        "The road was opened in the rain of May\nby Ivo Stahl, who had paid for most of it.",
        "The road was opened in the rain of May by the crown\n\nThe bridge was opened\nby Ivo Stahl, mayor\n\nIt fell.",
        "Nobody came.\nby Ivo Stahl, mayor of Elm\n\nThe road is shut.",
        "The road was opened\nby Ivo Stahl, mayor of Elm\n\nIt fell.",
        "The road was later paved again in the spring of 1871\nby Ivo Stahl and Ruth Bell\n\nIt fell.",
        "The mill will be run for a year\nby Ivo Stahl\n\nIt fell.",
        "Ruth Bell saw the road\nby Ivo Stahl, and the bridge came later\n\nIt fell.",
        "A road ran past the mill\nby Ivo Stahl, who never paid for it\n\nIt fell.",
        "A road ran past the mill\nby Ivo Stahl, the one that the crown had sent\n\nIt fell.",
        "A road ran past the mill\nby Ivo Stahl, then Ruth Bell closed it\n\nIt fell.",
    ],
)
def test_a_line_that_goes_on_with_by_and_a_name_is_prose_still(text: str):
    assert any("Stahl" in words for words in cut(document_of(text), Kind.PROSE))


@pytest.mark.parametrize(
    "text",
    [
        "The road was never built\nBy Ivo Stahl, mayor of Elm",
        "The road was never built\n\nby Ivo Stahl, mayor of Elm",
        "Why the road was never built in Elm\nby Ivo Stahl, mayor of Elm",
        "Phones should be banned\nby Ivo Stahl, head of a school founded in 1871 in Elm",
        "The Town That Was Forgotten\nby Ivo Stahl, retired teacher, as told to Ruth Bell",
        "Phones out of school\nBy Ivo Stahl, who has taught in Elm",
    ],
)
def test_a_headline_over_a_byline_may_tell_what_was_done(text: str):
    document = document_of(f"{text}\n\nPupils talk more now. They read more too.\n")
    assert cut(document, Kind.HEADING) == [text.splitlines()[0]]
    assert cut(document, Kind.PROSE) == ["Pupils talk more now.", "They read more too."]


def test_a_first_line_that_the_operator_calls_no_prose_is_no_heading():
    text = "Opinion of the day\nby Ivo Stahl, mayor\n\nThe road is shut.\n"
    kinds = [s.kind for s in split_sentences(document_of(text, not_prose=("Opinion of the day",)))]
    assert kinds == [Kind.NOT_PROSE, Kind.NOT_PROSE, Kind.PROSE]


@pytest.mark.parametrize("piece", ["A", "Aa ", "Aa Bb, ", "Aa and Bb ", ", x", " ", "\n", "\ufeff", "*"])
@pytest.mark.parametrize("before", ["", "Why\n", "Why\nby ", "Why\nby Ivo Stahl", "Why\nby Ivo Stahl, x", "It was "])
def test_a_byline_is_soon_looked_for_in_any_text(before: str, piece: str):
    def prepare(size: int) -> Callable[[], object]:
        return partial(opening_of, before + piece * size)

    assert_in_proportion(prepare, 50_000)


@pytest.mark.parametrize(
    "heading", ["2  Who pays for the ferry?", "2.1 What would a bridge do?", "3 Should ferries pay"]
)
def test_a_numbered_question_over_a_section_is_its_heading(heading: str):
    sentences = split_sentences(document_of(f"1  Boats\n\nBoats leak.\n\n{heading}\n\nNobody does."))
    assert [each.kind for each in sentences] == [Kind.HEADING, Kind.PROSE, Kind.HEADING, Kind.PROSE]
    assert sentences[3].heading == 2


@pytest.mark.parametrize(
    "line",
    ["2. Who pays for the ferry?", "12 boats sank, so who pays?", "5 Members asked who pays?", "2 Who pays? Who rows?"],
)
def test_a_question_in_a_list_or_after_a_count_is_prose(line: str):
    assert "".join(cut(document_of(f"Boats leak.\n\n{line}\n\nNobody does."), Kind.PROSE)).count("?") == line.count("?")


@pytest.mark.parametrize(
    "text",
    [
        "12 Is it fair that boats pay?\n\nThey say no.\n\n13 Will you lower the fee?\n\nBoats leak.",
        "1 Is it fair that boats pay?\n\n2 Will you lower the fee?\n\nBoats leak.",
        "1 Boats\n\nBoats leak.\n\n2 Is it fair that boats pay?\n\n3 Will you lower the fee?\n\nThey rot.",
        "1 Is it fair that boats pay?\n\nThey say no.\n\n7 Will you lower the fee?\n\nBoats leak.",
        "1 Is it fair that boats pay?\n\nThe mayor of the town\n\n2 Will you lower the fee?\n\nBoats leak.",
    ],
)
def test_numbered_questions_that_follow_each_other_or_head_no_prose_are_prose(text: str):
    prose = " ".join(cut(document_of(text), Kind.PROSE))
    assert "Is it fair that boats pay?" in prose
    assert "Will you lower the fee?" in prose


def test_a_question_over_sections_within_its_own_is_a_heading():
    text = "1 Who pays for boats?\n\n1.1 Who pays here?\n\nNobody does.\n\n1.2 Who pays there?\n\nThe town does."
    assert cut(document_of(text), Kind.PROSE) == ["Nobody does.", "The town does."]


@pytest.mark.parametrize(
    "title", ["Who pays? Boats and bridges\nof Elmwick", "Boats are old.", "Who pays for\nthe boats"]
)
def test_a_documents_recorded_title_above_its_prose_is_a_heading(title: str):
    document = document_of(
        f"{title}\n\nBoats leak.\n\n{title}\n\nThey rot.", source=Source(title=" ".join(title.split()))
    )
    sentences = split_sentences(document)
    assert (sentences[0].kind, sentences[0].span.cut(document.text)) == (Kind.HEADING, title)
    assert sentences[2].kind is Kind.PROSE or title.endswith("boats")


def test_a_document_of_no_more_than_its_title_is_prose():
    assert cut(document_of("Boats are old.", source=Source(title="Boats are old.")), Kind.PROSE) == ["Boats are old."]


def test_items_in_emphasis_above_the_first_prose_are_headlines_where_a_paragraph_below_tells_them_again():
    items = '- **Boats would sink, new poll finds**\n- **Mayor: "Do not sell the ferry"**'
    below = "Boats would soon sink in Elmwick, a new poll finds.\n\nThe mayor asks the town not to sell its ferry."
    told = ["Boats would soon sink in Elmwick, a new poll finds.", "The mayor asks the town not to sell its ferry."]
    assert cut(document_of(f"# Ferry\n\n{items}\n\n{below}"), Kind.PROSE) == told
    assert len(cut(document_of(f"{below}\n\n{items}\n\nThey do."), Kind.PROSE)) == 5
    assert len(cut(document_of(items), Kind.PROSE)) == 2
    assert len(cut(document_of("- **Boats leak.**\n- **They sink**\n\nThey do."), Kind.PROSE)) == 3


def test_demands_in_emphasis_above_the_first_prose_are_prose_unless_they_are_told_again():
    demands = "- **No ferry may leave after dark**\n- **Every boat needs a lamp**"
    below = "We stand for the town.\n\nA lamp is dear, and every year somebody drowns."
    assert len(cut(document_of(f"# Our party\n\n{demands}\n\n{below}"), Kind.PROSE)) == 4


def test_a_sentence_knows_its_heading():
    sentences = split_sentences(document_of("Before.\n\n# One\n\nUnder one. Still.\n\n# Two\n\nUnder two."))
    assert [sentence.heading for sentence in sentences] == [None, None, 1, 1, None, 4]


def test_the_article_is_split_as_it_was_written():
    document = load_corpus(Settings(corpus=CHECKOUT / "corpus")).documents[0]
    prose = cut(document, Kind.PROSE)
    assert cut(document, Kind.HEADING) == ["Striking the cartels", "Addiction at home"]
    assert "Research supports this argument." in prose
    assert "“It’s an extremely dangerous and unprecedented situation.”" in prose
    assert not any("Read more" in words or "Rawpixel" in words or "republished" in words for words in prose)


@pytest.mark.parametrize(
    "piece", ["a", "a ", "“a ", '"a. ', "'", "(", "Dr. ", "a.\n", "\u0301", "1.", "...", "\r", "x. ) ", "St. a ", "It is. ",
               "- a\n", "![a](b) ", "![", "[![", "*", "**a.** ", "*a ", "a.¹ ", "a. *", "# a\n", "Read more ", "```a\n", "```\n", "1.1 A\n", "a\tb\n", "<!-- ", "- **a**\n", "1 a\n", "a   b\n", "1 Who ", "1 Who a?\n\n", "1 A\n\n"])  # fmt: skip
def test_splitting_takes_time_in_proportion_to_the_length(piece: str):
    assert_in_proportion(lambda length: partial(split_sentences, _many(piece, length)), 8 * BLOCK_LIMIT)


@pytest.mark.parametrize(("piece", "not_prose"), [("x. \u0301", ()), ("Tolls are fair here.\n\n", ("e",))])
def test_neither_one_sentence_of_many_pieces_nor_a_string_that_is_everywhere_takes_longer(piece: str, not_prose: tuple):
    assert_in_proportion(lambda length: partial(split_sentences, _many(piece, length, not_prose)), 32 * BLOCK_LIMIT)


def _many(piece: str, length: int, not_prose: tuple[str, ...] = ()) -> Document:
    return document_of(piece * (length // len(piece)), not_prose=not_prose)


def test_a_block_without_any_white_space_is_still_split_and_whole():
    text = "x" * (3 * BLOCK_LIMIT)
    assert "".join(cut(document_of(text))) == text


@pytest.mark.parametrize(
    "words",
    ["*This piece was the hardest that I have written.*", "**Note: all of the figures are my own.**",
     "**This story is about water, and who owns it.**"],
)  # fmt: skip
def test_an_author_may_speak_of_the_text_in_emphasis(words: str):
    assert cut(document_of(f"Before it.\n\n{words}\n\nAfter it."), Kind.PROSE) == ["Before it.", words, "After it."]
