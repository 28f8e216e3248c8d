"""French: pictures. Non-breaking spaces stand before : ; ? ! and inside « »."""

from __future__ import annotations

from datetime import timedelta

from bot.texts.pictures import PictureTexts
from storage.exports.chart import Kind


def _passed(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if not hours:
        return f"{minutes} min"
    return f"{days} j {hours % 24} h" if days else f"{hours} h {minutes % 60:02d} min"


PICTURES = PictureTexts(
    which="Quelle image ?",
    kinds={
        Kind.FLOW: "Flux des participants",
        Kind.REASONS: "Motifs",
        Kind.RECRUITMENT: "Recrutement",
        Kind.TIMES: "Délai de signature",
    },
    reasons_heading=lambda name: f"{name} : motifs d'exclusion des patients",
    by_criterion="Non éligibles, premier critère en cause",
    by_patient="Refus",
    once="Chaque patient exclu compte une fois, par sa dernière tentative.",
    recruitment_heading=lambda name: f"{name} : recrutement",
    aim=lambda target: f"– – objectif {target}",
    whole_trial="L'essai entier, tous centres confondus.",
    in_error=lambda count: f"Inclus par erreur, non comptés : {count}.",
    day=lambda day: f"{day:%d/%m/%Y}",
    times_heading=lambda name: f"{name} : délai entre la sélection et la signature",
    signed="Verdicts signés, par délai depuis l'ouverture de la sélection",
    classes=(
        "moins de 15 min",
        "15 à 30 min",
        "30 à 60 min",
        "1 à 2 h",
        "2 à 6 h",
        "6 à 12 h",
        "12 à 24 h",
        "1 à 3 jours",
        "3 à 10 jours",
        "10 jours ou plus",
    ),
    passed=_passed,
    middle=lambda median, lower, upper: f"Médiane {median} ; la moitié de {lower} à {upper}.",
    longest=lambda time: f"Le plus long : {time}.",
    unsigned=lambda count: f"Évalués sans signature en vigueur : {count}.",
    nobody_signed="Aucun verdict n'a encore été signé.",
)
