"""A style as CSS."""


def margins(furniture, where, style):
    out = []
    for at, side in enumerate(("left", "center", "right")):
        lines = [parts[at].replace("\\", "").replace('"', "”") for parts in furniture]
        if any(lines) or style.furniture_rule and furniture:
            text = '"\\A "'.join(f'"{line}"' for line in lines).replace("{page}", '" counter(page) "').replace("{pages}", '" counter(pages) "')
            align = {"left": "left", "center": "center", "right": "right"}[side]
            rule = "" if not style.furniture_rule else f"border-{'bottom' if where == 'top' else 'top'}:.5pt solid #555;"
            position = "bottom" if where == "top" else "top"
            out.append(f"@{where}-{side} {{content: {text}; white-space: pre; text-align: {align}; vertical-align: {position}; "
                       f"font-family: '{style.font}'; font-size: {style.furniture_size * style.size:.2f}pt; line-height: 1.25; "
                       f"padding-{position}: 6pt; {rule} width: {'33.3%' if style.furniture_rule else 'auto'}}}")
    return "\n".join(out)


def sheet(document):
    style = document.style
    top, right, bottom, left = style.margins
    size, gap = style.size, style.gap
    between = f"margin: 0 0 {gap:.2f}em 0; text-indent: 0;" if not style.indent else f"margin: 0; text-indent: {style.indent}em;"
    heads = []
    for level in range(1, 5):
        factor, bold, italic, colour, caps, align = style.head(level)
        heads.append(
            f"h{level} {{font-size: {factor * size:.2f}pt; font-weight: {'bold' if bold else 'normal'}; "
            f"font-style: {'italic' if italic else 'normal'}; color: {colour}; text-align: {align}; font-family: '{style.head_font}'; "
            f"margin: {1.3 - 0.15 * level:.2f}em 0 {0.6 - 0.05 * level:.2f}em 0; line-height: 1.2; break-after: avoid; hyphens: manual; "
            f"{'letter-spacing: .03em;' if caps == 'all' else ''}"
            f"{'border-bottom: .6pt solid ' + style.accent + ';' if 'ruled' in style.heads.split() else ''}"
            f"{'text-decoration: underline; text-underline-offset: .12em;' if 'underlined' in style.heads else ''}}}")
    align = "justify" if style.justify else "start"
    return f"""
@page {{ size: {style.width}pt {style.height}pt; margin: {top:.1f}pt {right:.1f}pt {bottom:.1f}pt {left:.1f}pt;
{margins(document.header, 'top', style)}
{margins(document.footer, 'bottom', style)}
@footnote {{ border-top: .5pt solid #000; padding-top: .4em; margin-top: .8em }} }}
html {{ font-family: '{style.font}', 'DejaVu Sans'; font-size: {size}pt; line-height: {style.leading};
 direction: {'rtl' if style.rtl else 'ltr'} }}
body {{ margin: 0 }}
.cols {{ column-count: {style.columns}; column-gap: {style.gutter}em; column-fill: {style.fill_columns};
 {'column-rule: .4pt solid #777;' if style.column_rule else ''} margin-bottom: .6em }}
p {{ {between} text-align: {align}; hyphens: {'auto' if style.hyphenate else 'manual'}; orphans: 2; widows: 2 }}
p.first, p.title, p.centre, p.lead, p.big, p.small, p.right, p.date {{ text-indent: 0 }}
p.centre {{ text-align: center; margin-bottom: .5em; hyphens: manual }}
p.right, p.date {{ text-align: {'left' if style.rtl else 'right'}; hyphens: manual }}
p.lead {{ font-size: 1.12em; margin-bottom: .8em }}
p.small {{ font-size: .86em; margin-bottom: .5em }}
p.big {{ font-size: 1.5em; line-height: 1.3; margin-bottom: .6em; text-align: start }}
{chr(10).join(heads)}
.sc {{ font-size: .78em }}
.list {{ margin: {gap * 0.7:.2f}em 0 {gap:.2f}em 0; text-align: {align if style.justify else 'start'} }}
ul {{ margin: 0; padding-{'right' if style.rtl else 'left'}: 1.9em }}
.loose .item, .loose li {{ margin-bottom: .5em }}
.item {{ position: relative }} .mark {{ position: absolute; left: -1.9em; width: 1.6em; text-align: left; white-space: nowrap }}
.lines {{ margin: 0 0 {gap:.2f}em 0; hyphens: manual; break-inside: auto }}
.strong .label {{ font-weight: bold }}
.strong > div:first-child:not(:has(span)) {{ font-weight: bold }}
.entry {{ display: flex }} .dots {{ flex: 1; overflow: hidden; white-space: nowrap; margin: 0 .4em; height: 1em;
 border-bottom: 1pt dotted #444 }}
.spread .end {{ float: right; margin-left: 1em }} .spread {{ overflow: hidden }}
.tabbed {{ display: flex }} .tabbed .label {{ width: 11em; flex: none; padding-right: .6em; box-sizing: border-box }}
.lines.right > div {{ }}
table.side {{ width: 100%; border-collapse: collapse; break-inside: avoid; margin: 0 0 .8em 0 }}
table.side > tr > td, table.side > tbody > tr > td {{ vertical-align: top; padding: 0 1.2em 0 0 }}
.tablebox {{ break-inside: avoid; margin: {gap + 0.3:.2f}em 0 {gap + 0.5:.2f}em 0 }}
table.data {{ border-collapse: collapse; line-height: {min(1.35, style.leading)} }}
.data td {{ padding: var(--y) var(--p); vertical-align: var(--v); hyphens: manual }}
.grid td {{ border: var(--w) solid var(--c) }}
.horizontal td {{ border-bottom: var(--w) solid var(--c) }} .horizontal tr:first-child td {{ border-top: var(--w) solid var(--c) }}
.booktabs {{ border-top: calc(1pt) solid var(--c); border-bottom: 1pt solid var(--c) }}
.booktabs .last td {{ border-bottom: .5pt solid var(--c) }}
.outer {{ border: var(--w) solid var(--c) }}
.zebra .odd td, .zebra .head td {{ background: var(--f) }}
.head .head td {{ background: var(--f) }}
.whole {{ }} .frac {{ display: inline-block; text-align: left }}
.caption {{ font-size: .9em; text-indent: 0; margin: .4em 0; text-align: start }}
.figure {{ break-inside: avoid; margin: .8em 0 1em 0 }}
pre {{ font-family: 'Liberation Mono'; font-size: .82em; line-height: 1.3; margin: .6em 0; white-space: pre; break-inside: avoid }}
blockquote {{ margin: .8em 2em; text-indent: 0 }}
blockquote.pull {{ font-size: 1.35em; color: {style.accent}; font-style: italic; margin: .9em .4em; line-height: 1.3; break-inside: avoid }}
blockquote.bar {{ border-left: 2.5pt solid {style.accent}; padding-left: 1em; margin: .8em 0 }}
.formula {{ text-align: center; margin: .8em 0; font-style: italic; position: relative }}
.eqno {{ position: absolute; right: 0; font-style: normal }}
.box {{ padding: .8em 1em; margin: .5em 0 .9em 0; break-inside: avoid }} .box > :last-child {{ margin-bottom: 0 }}
.box > :first-child {{ margin-top: 0 }} .dark h1, .dark h2, .dark h3, .dark h4 {{ color: inherit }}
.fn {{ float: footnote; font-size: .8em; line-height: 1.25; text-indent: 0; text-align: start; hyphens: manual }}
.fn::footnote-call {{ font-size: .7em; vertical-align: super; line-height: 0 }}
.fn::footnote-marker {{ content: counter(footnote) " " }}
"""
