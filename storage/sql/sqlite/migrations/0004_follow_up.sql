-- The kinds of event that follow a screening, and those of keys, checkpoints and exports.

INSERT INTO event_kinds (kind) VALUES
    ('answer-carried'),
    ('reminder-set'),
    ('criterion-query-answered'),
    ('trial-reopened'),
    ('principal-investigator-named'),
    ('site-times-set'),
    ('digest-chosen'),
    ('email-chosen'),
    ('screening-erased'),
    ('checkpoint-signed'),
    ('export-made'),
    ('clock-set-back');
