"""English: what the bot says beside the cards."""

from __future__ import annotations

from bot.texts.en.words import counted
from bot.texts.shape import ChatTexts

CHAT = ChatTexts(
    own_name="English",
    greeting=lambda name: (
        f"Good day, {name}. This bot asks the eligibility criteria of a trial, "
        "one by one, and keeps a record of every answer."
    ),
    help="Tap the answers on the card; numbers and dates may be typed as well. The card stops at "
    "the first exclusion. A changed answer is a correction: the old one stays in the record.",
    caution="<i>Decision support only: the authorised protocol prevails. Chats with a bot are not "
    "end-to-end encrypted. Invented patients only, until the sponsor's data protection officer "
    "agrees to real ones.</i>",
    commands={
        "screen": "Screen a patient",
        "check": "Quick check: could this patient be eligible?",
        "open": "What is open",
        "log": "The screening log",
        "funnel": "The participant flow as a picture",
        "chart": "Reasons, recruitment and times as pictures",
        "trial": "How the trial stands, closing it",
        "practice": "Practise on an invented patient",
        "queries": "Questions about criteria",
        "protocol": "Version, criteria, sources",
        "people": "Who is in, and letting out",
        "invite": "Invite somebody",
        "erase": "Erase a screening for good",
        "duty": "Who is told, in which order and when",
        "digest": "Your daily digest: at which hour",
        "language": "English or French",
        "email": "Copies of notices by e-mail",
        "help": "How it works",
    },
    stranger="This bot is for invited hospital staff. Please ask your administrator.",
    welcome="You are in. /help shows what you can do.",
    unknown_command="That is not a command. /help lists them.",
    not_your_role="Your role does not allow this.",
    not_yours="That screening is not open to you.",
    not_a_button="That button does nothing here. /open shows what is open.",
    no_typing="There is nothing to type here: please use the buttons.",
    type_again="I was restarted: please answer this question again.",
    nothing_open="Nothing is open. /screen begins a screening.",
    open_which="Open screenings. Tap one to take it up:",
    which_site="At which site?",
    which_language="Which language?",
    language_set="English it is.",
    deaf=lambda since, until: (
        f"I could not hear from {since:%d/%m %H:%M} to {until:%d/%m %H:%M}. "
        "What was tapped in between may be lost. This question is open:"
    ),
    verdict_reached=lambda number, verdict: f"Screening {number}: {verdict}.",
    first_reason=lambda name: f"First reason: {name}.",
    verdict_signed=lambda number, verdict: f"Screening {number} is signed: {verdict}.",
    signature_voided=lambda number: (
        f"Screening {number}: a correction voided the signature. It has to be signed again."
    ),
    taken=lambda name, number: f"{name} follows screening {number}.",
    take="I take it",
    you_follow=lambda number: f"You follow {number}.",
    sign_heading=lambda number: f"To be signed: screening {number}",
    sign_hash=lambda value: f"SHA-256 of this record: {value}",
    sign_as=lambda name: f"You sign as {name}. Is that you?",
    sign_it_is_me="Yes, that is me",
    sign_pin="Your PIN:",
    sign_choose="You have no PIN yet. Choose six digits:",
    sign_again="The same six digits once more:",
    sign_differs="The two were not the same. Choose six digits:",
    sign_trivial="That PIN is too easy to guess. Choose six other digits:",
    sign_wrong=lambda left: f"Wrong PIN; {counted(left, 'try', 'tries')} left. Your PIN:",
    sign_locked=lambda until: f"Too many wrong PINs: signing is locked until {until:%H:%M}.",
    sign_moved="The record has moved on since it was shown: nothing was signed.",
    sign_done="Signed.",
    sign_cancelled="Not signed.",
    sign_expired="That keypad is no longer in use. Tap Sign on the card again.",
    sign_off="Signing is not set up here: the administrator must set SIGNING_PEPPER.",
    repeat="(Perhaps a repeat.)",
    handed_over=lambda name, number: f"{name} hands screening {number} over to you.",
    people_heading="Tap a person to see or change:",
    revoke="Let out now",
    revoked=lambda name: f"{name} is out, from now on.",
    reset_pin="Reset the PIN",
    pin_reset=lambda name: f"{name} chooses a new PIN at the next signature.",
    invite_whom="Invite whom?",
    invitation=lambda role, site, until: (
        f"Send this link to one person ({role}, {site}). It works once, "
        f"until {until:%d/%m/%Y %H:%M}. You will be asked to confirm who used it."
    ),
    wait_for_inviter="Thank you. Whoever invited you now confirms that it is you.",
    confirm_whom=lambda name, role, site: (
        f"{name} opened your invitation ({role}, {site}). Is this the right person?"
    ),
    confirm="Yes, let them in",
    not_known="No, I do not know them",
    confirmed=lambda name: f"{name} is in.",
    withdrawn="The invitation is withdrawn; nobody got in by it.",
    last_administrator="Nobody else would administer this site: let somebody else in first.",
    try_again="Somebody else was writing: please try again.",
    no_more="That was settled before; nothing was changed.",
)
