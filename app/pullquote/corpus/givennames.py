"""Given names that are common in several languages: proof that "Roe, Ann" is a person, not an outlet and its town."""

import unicodedata

# Folded. None that is a well-known place too, such as Florence, Paris or Sydney: "Tollwise, Florence" may be where it stands.
_COMMON = frozenset(
    """
    aaron abdul abraham ada adam adrian agnes ahmad ahmed aisha akira alan albert alberto alejandra alejandro alex
    alexander alexandra alfred ali alice alison amanda amelia amina amir amy ana anders andrea andreas andres
    andrew angel angela anita anja ann anna anne anthony antoine anton antonio arjun arthur astrid barbara bart
    beatrice beatriz ben benjamin bernard beth bianca bill birgit bjorn bo bob boris brian brigitte bruno camille carl
    carlos carmen caroline catherine cecilia charles chiara chloe christian christina christine christopher claire
    clara claude claudia colin cristina cy daniel daniela david deborah denis diana dieter dmitri dominic donald
    dorothy douglas edith eduardo edward eleanor elena eli elias elif elisabeth elizabeth ella ellen emil emily
    emma emre enrique eric erik ernesto esther eva evelyn fatima fatma felipe felix fernando francesca francesco
    francis francois frank franz frederic frederik fritz gabriel gareth gary geert geoffrey georg george gerard
    gerhard giovanni giulia giuseppe gordon grace graham greta guillermo gustav hamza hana hanna hannah hans harold
    harry haruki hassan heather helen helena helga hendrik henri henrik henry hiroshi hugo ian ibrahim ida ignacio
    igor ines ingrid irene irina isaac isabel isabelle ivan jack jacob jacqueline jacques james jan jane janet
    jason javier jean jeffrey jennifer jens jessica jesus jill jim jo joan joanna joao joe johan johann johannes
    john jonas jonathan joost jorge jose josef joseph joshua juan judith julia julian julie jurgen kaitlin karen
    karin karl katarzyna kate katherine kathleen keith kenji kenneth kevin kim klaus krzysztof lars laura laurent
    lea lena leo leonardo lina linda lisa lotte louis louise luc luca lucas lucia lucy luigi luis luisa luke luther
    mae maja manuel marc marco marcus margaret margarita maria marianne marie marieke mario marion mark marta
    martha martin martina mary mateusz matteo matthew max mehmet mei michael michel michelle miguel mike mikhail
    miriam mohamed mohammad mohammed monica monika muhammad mustafa nadia naomi natalia natasha neil nicholas nick
    nicola nicolas niels nina noah nora olaf oleg olga oliver olivia omar oscar pablo paolo patricia patrick paul
    paula paulo pavel pedro penelope peter petra philip philippe pierre piet pieter pilar piotr priya rachel rafael
    rahul raj ralph ramon raul raymond rebecca ricardo richard rita robert roberto roger ronald rosa rose roy ruben
    ruth ryan sally sam samuel sandra sara sarah sean sebastian sergei sergio sharon simon simone sofie sonia
    sophia sophie stefan stephanie stephen steven stuart sue sunita susan susanne sven svetlana søren takeshi tanja
    tatiana ted teresa theo thomas tim timothy tom tomas tomasz tony ulrich ursula valerie vera vincent vladimir
    walter wei wendy werner wilhelm willem william wim wolfgang xavier yasmin yuki yusuf yves zoe
    """.split()  # noqa: SIM905 (shorter)
)


def is_given_name(word: str) -> bool:
    """Whether a word is a common given name, or several with hyphens: "Ann", "José", "Jean-Paul"."""
    letters = unicodedata.normalize("NFD", word)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return word[:1].isupper() and all(name in _COMMON for name in plain.casefold().split("-"))
