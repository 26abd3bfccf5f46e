"""Words of likelihood and of confidence, and the lint that keeps the two out of one sentence.

References
----------
Office of the Director of National Intelligence, Intelligence Community Directive 203, Analytic Standards (2015),
section D.6.e(2): the seven terms with their bands, and no confidence level in one sentence with a likelihood.
"""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["BANDS", "Confidence", "Likelihood", "band", "mixed", "term"]


class Likelihood(StrEnum):
    """The seven terms, least likely first."""

    ALMOST_NO_CHANCE = "almost no chance"
    VERY_UNLIKELY = "very unlikely"
    UNLIKELY = "unlikely"
    ROUGHLY_EVEN_CHANCE = "roughly even chance"
    LIKELY = "likely"
    VERY_LIKELY = "very likely"
    ALMOST_CERTAIN = "almost certain"


class Confidence(StrEnum):
    """How good the basis of a judgement is, whatever the likelihood."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


#: Each term's band of probability. [%]
BANDS = {
    Likelihood.ALMOST_NO_CHANCE: (1, 5),
    Likelihood.VERY_UNLIKELY: (5, 20),
    Likelihood.UNLIKELY: (20, 45),
    Likelihood.ROUGHLY_EVEN_CHANCE: (45, 55),
    Likelihood.LIKELY: (55, 80),
    Likelihood.VERY_LIKELY: (80, 95),
    Likelihood.ALMOST_CERTAIN: (95, 99),
}

#: The directive's other row of terms, and the spelling of its last one; a judgement may use either row.
_SYNONYMS = {
    "remote": Likelihood.ALMOST_NO_CHANCE,
    "highly improbable": Likelihood.VERY_UNLIKELY,
    "improbable": Likelihood.UNLIKELY,
    "roughly even odds": Likelihood.ROUGHLY_EVEN_CHANCE,
    "probable": Likelihood.LIKELY,
    "highly probable": Likelihood.VERY_LIKELY,
    "nearly certain": Likelihood.ALMOST_CERTAIN,
    "almost certainly": Likelihood.ALMOST_CERTAIN,
}

_SENTENCE = re.compile(r"[.!?;…]+(?=\s|$)|\n+")
_LIKELIHOOD = re.compile(
    r"\b(?:almost no chance|(?:un)?likely|(?:im)?probabl[ey]|even (?:chance|odds)|(?:almost|nearly) certain(?:ly)?"
    r"|casi ninguna posibilidad|(?:im)?probable(?:mente)?|posibilidades parejas|casi segur[oa]|casi con certeza)\b",
    re.IGNORECASE,
)
_CONFIDENCE = re.compile(
    r"\b(?:(?:low|moderate|medium|high)(?:er|est)?[ -]confidence|confidence (?:is|was|level|remains)|confident(?:ly)?"
    r"|confianza (?:es )?(?:baja|moderada|media|alta)|(?:baja|moderada|mediana|alta) confianza)\b",
    re.IGNORECASE,
)


def term(text: str) -> Likelihood | None:
    """Return the term that a text is, of either row; None where it is none.

    Examples
    --------
    >>> term("Highly probable").value
    'very likely'
    """
    plain = " ".join(text.casefold().split())
    if plain in _SYNONYMS:
        return _SYNONYMS[plain]
    return Likelihood(plain) if plain in list(Likelihood) else None


def band(likelihood: Likelihood) -> str:
    """Return a term with its band, as it is shown.

    Examples
    --------
    >>> band(Likelihood.LIKELY)
    'likely (55-80 %)'
    """
    lower, upper = BANDS[likelihood]
    return f"{likelihood} ({lower}-{upper} %)"


def mixed(text: str) -> str:
    """Return the first sentence that speaks of likelihood and confidence at once; empty where none does.

    Examples
    --------
    >>> mixed("It is likely a lab. We say so with high confidence.")
    ''
    >>> mixed("With high confidence, it is likely a lab.")
    'With high confidence, it is likely a lab'
    """
    for sentence in _SENTENCE.split(text):
        if _LIKELIHOOD.search(sentence) and _CONFIDENCE.search(sentence):
            return sentence.strip()
    return ""
