"""Expressions of Jinja, one a line, each rendered between double braces."""

EXPRESSIONS = r"""
1 + 2 * 3 ** 2
7 // 2, -7 // 2, 7 // -2, 7 % 3, -7 % 3, 7 % -3
7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, -0.0 % 3, 0.0 // -3
1 / 2, 3 / 3, 10 / 4, -1 / 3
2 ** 10, 2 ** -1, 2.0 ** 3, -2 ** 2, 2 ** 3 ** 2, 0 ** 0
1e3, 1e16, 1e15, 123456789012345680.0, 1.5e-5, 0.0001, 1e22, 1e100, 1.0, 100.0, -0.0, 5e-324
0x1F, 0b101, 0o17, 1_000, 1_0.0_1
1.1 + 2.2, 0.1 * 3, 1e308 * 10, -1e308 * 10
1 / 0
1 // 0
1 % 0
1.0 / 0
1 + '1'
'a' + 1
'a' * 3, 3 * 'ab', 'a' * -1, [1] * 2, (1, 2) * 2
[1] + [2], (1,) + (2,)
[1] + (2,)
'a' ~ 1 ~ none ~ true ~ 2.0 ~ [1, 'x']
true + true, true * 3, -true, +false, true == 1, false == 0, true / 2
not true, not '', not [], not 0, not none
1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, 1 != 2, 'a' < 'b', 'Z' < 'a', 'é' > 'z'
1 < 'a'
none < 1
[1, 2] < [1, 3], [1] < [1, 0], (1, 2) == (1, 2), [1, 2] == (1, 2), {'a': 1} == {'a': 1.0}
1 in [1, 2], 'a' in 'cat', 'x' not in 'cat', 'a' in {'a': 1}, 3 not in (1, 2), '' in ''
1 in 'abc'
1 in 5
1 if yes else 2, 1 if no else 2, (1 if no), 'x' if nil
yes and 'v', no and 'v', no or 'v', 0 or '' or none, 1 and 2 and 3
nil is none, nil is not none, undefined_thing is defined, undefined_thing is undefined
undefined_thing, [undefined_thing]
undefined_thing.x
undefined_thing['x']
undefined_thing()
undefined_thing + 1
1 + undefined_thing
undefined_thing ~ 'a'
undefined_thing == other_thing, undefined_thing == none, undefined_thing != 1
undefined_thing < 1
undefined_thing|length, undefined_thing|list, undefined_thing|default('d'), undefined_thing|d
undefined_thing in [1], 1 in undefined_thing
not undefined_thing
-undefined_thing
nested.b[1].c, nested['b'][0], nested.a, nested.missing, nested['missing']
nested.missing.deeper
nested['items'], nested.get('items'), nested.get('zz'), nested.get('zz', 4)
nil.x
nil['x']
n.x, n['x'], n.real, n.imag, n.denominator, x.real
words[0], words[-1], words[9], words['x'], words.x
words[0][0], words[0][-1], name[4], name[-1], name[99]
words[1:], words[:1], words[::2], words[::-1], words[-2:], words[5:], words[:-1], words[1:3:1]
name[1:3], name[::-1], name[-3:], name[:-3:2], name[3:1], name[10:]
(1, 2, 3)[1:], (1, 2, 3)[0], ()[:2]
range(10)[2:8:2], range(5)[1], range(3), range(0, 9, 3), range(5)[::-1]|list
words[::0]
nested[1:]
n[1:]
'abc'[1.0]
[1, 2][true]
{1: 'a', 2.0: 'b', none: 'c', true: 'd', (1, 2): 'e'}
{'a': 1, 'a': 2}
{[1]: 2}
{}, [], (), (1,), [[]], {'a': {}}
'it\'s', "say \"x\"", 'a\tb\\n', 'A\u00e9\U0001F985\x41\101', 'é\é', '\q'
'con' 'cat' "enate"
'''
'unterminated
quote, [quote], [name], ['\x7f', '\u00ad', '\ue000', '\u2028']
[1.0, none, true, 'a', "b'c", 1e50, -1]
messages[2].tool_calls[0].function
none, true, false, None, True, False
1.
.5
1 2
a b
1 +
(1
[1, 2
{'a' 1}
foo(
foo bar
1 if
| upper
'a' |
'a' | nosuchfilter
'a' is nosuchtest
1 is divisibleby 3, 9 is divisibleby(3), 9 is not divisibleby 2
n is odd, n is even, 8 is even, 2.0 is even, true is odd
n is number, x is number, yes is number, name is number, nil is number
n is integer, x is integer, yes is integer, n is float, x is float
name is string, n is string, words is string, words is sequence, name is sequence, n is sequence, nested is sequence
nested is mapping, words is mapping, words is iterable, n is iterable, name is iterable, nil is iterable
yes is true, yes is false, no is false, 1 is true, yes is boolean, 1 is boolean, nil is boolean
'abc' is lower, 'ABC' is upper, 'Ab' is lower, 'a1' is lower, '1' is lower, none is lower
n is eq 7, n is equalto(7), n is ne 7, n is lt 8, n is gt(8), n is ge 7, n is le 7, n is lessthan 3, n is greaterthan 3
n is sameas 7, nil is sameas none, yes is sameas true, name is sameas name
1 is in [1, 2], 'a' is in 'cat', 3 is not in [1]
'upper' is filter, 'nope' is filter, 'odd' is test, 'nope' is test
range is callable, name is callable, undefined_thing is callable
html is escaped, (html|e) is escaped, (html|safe) is escaped
undefined_thing is string, undefined_thing is iterable, undefined_thing is sequence, undefined_thing is mapping
name is string and n is number, name is string or nope
'x' is odd
name|upper, name|lower, name|capitalize, name|title
'ß'|upper, 'ΑΣ ΣΑΣ Σ'|lower, 'ǆ'|title, 'ŉ'|upper, 'İ'|lower, 'ﬁ'|upper, 'ǆa'|capitalize
'hello wORLD-foo (bar) [baz] {q} <z>'|title
n|upper, none|lower, true|upper
'  a b '|trim, 'xxaxx'|trim('x'), '\u2003a\u00a0'|trim, 5|trim
'  a '|trim|length, name|length, words|count, nested|length
n|length
none|length
words|join(', '), words|join, [1, 2.5, none]|join('-'), name|join('.'), []|join(',')
users|join(',', attribute='name'), users|map(attribute='age')|join('+')
words|first, words|last, ''|first, []|last, name|first, nested|first, nested|last
n|first
words|list, name|list, nested|list, (1, 2)|list
n|list
words|reverse|list, name|reverse, nested|reverse|list
words|sort, words|sort(case_sensitive=true), words|sort(reverse=true), words|sort(true)
users|sort(attribute='age')|map(attribute='name')|list, users|sort(attribute='age,name')|map(attribute='name')|list
users|sort(attribute='age', reverse=true)|map(attribute='name')|list
[3, 1, 2]|sort, [2, 'a']|sort
[none, 1]|sort
words|unique|list, words|unique(true)|list, [1, 1.0, true, 2]|unique|list
users|unique(attribute='age')|map(attribute='name')|list
[[1]]|unique|list
words|min, words|max, [3, 1]|min, []|max, users|max(attribute='age'), words|max(true)
[1, 'a']|max
users|groupby('city')
users|groupby('city', case_sensitive=true)
users|groupby('zip', default='none')
[1, 2, 3]|sum, users|sum(attribute='age'), [0.1, 0.2]|sum, []|sum, [[1], [2]]|sum(start=[])
['a']|sum
[1, 2, 3, 4, 5]|batch(2)|list, [1, 2, 3]|batch(2, 'x')|list
[1, 2, 3, 4, 5]|slice(3)|list, [1, 2, 3, 4]|slice(3, 'x')|list
nested|dictsort, {'b': 1, 'A': 2}|dictsort, {'b': 1, 'A': 2}|dictsort(true), {'b': 1, 'a': 2}|dictsort(by='value'), {'b': 1, 'a': 2}|dictsort(reverse=true)
{'a': 1}|dictsort(by='x')
nested|items|list
n|items|list
undefined_thing|items|list
words|map('upper')|list, words|map('replace', 'p', 'q')|list, users|map(attribute='zip', default='?')|list
words|map('length')|sum
words|map('nosuch')|list
words|map|list
[1, 2, 3, 4]|select('odd')|list, [1, 2, 3]|reject('odd')|list, [0, 1, '']|select|list, [0, 1]|reject|list
[1, 2, 3]|select('gt', 1)|list, [1, 2]|select('==', 2)|list, words|select('in', ['fig'])|list
users|selectattr('age', 'eq', 31)|map(attribute='name')|list, users|rejectattr('age', 'eq', 31)|map(attribute='name')|list
users|selectattr('zip')|list, users|selectattr('name')|list|length, users|selectattr('zip', 'defined')|list
[1]|select('nosuch')|list
users|selectattr|list
users|map(attribute='name')|first, users|map(attribute='name')|length
users|map(attribute='name')|last
(words|map('upper'))[0]
words|map('upper') is iterable, words|map('upper') is sequence
-5|abs, (-5)|abs, -2.5|abs, true|abs
'a'|abs
'42'|int, '42.7'|int, 'x'|int, 'x'|int(5), '0x1f'|int(0, 16), '0b11'|int(base=2), ' 7 '|int, '1_000'|int, 3.9|int, -3.9|int, none|int, true|int, []|int(9), ''|int
'1e3'|int, 'nan'|int, 'inf'|int, '٣'|int(1)
'3.5'|float, 'x'|float, 'x'|float(1.5), none|float, 3|float, '1e400'|float, ' .5 '|float, '5.'|float, '_1'|float(2), '1_0.5'|float, 'inf'|float, '-Infinity'|float, 'nan'|float
undefined_thing|int
undefined_thing|float
2.5|round, 3.5|round, 2.675|round(2), 42.55|round(1, 'floor'), 42.51|round(1, 'ceil'), 5|round, 1234|round(-2), 1250|round(-2), 1350|round(-2), 1234.5|round(-2), 1.005|round(2), -0.4|round
2.5|round(0, 'up')
'a'|round
1|filesizeformat, 500|filesizeformat, 1500|filesizeformat, 1000000|filesizeformat, 1500|filesizeformat(true), 1048576|filesizeformat(true), 1e30|filesizeformat, '2000'|filesizeformat
'%s is %d years'|format('Zoe', 31), '%(a)s-%(b)05.2f'|format(a='x', b=2), '%5s|%-5s|'|format('a', 'b')
'%s %s'|format('a')
'%s'|format('a', 'b')
'%d'|format('x')
'%s' % 'a', '%s %s' % ('a', 1), '%d%%' % 5, '%(x)s' % {'x': 1}, '%5.1f|%-8s|%+d|% d|%05d|%x|%X|%#x|%o|%e|%g|%c|%r' % (3.14159, 'ab', 5, 5, 42, 255, 255, 255, 8, 12345.678, 0.0001, 'z', 'q')
'%s' % [1, 2], '%s' % none, '%.2s' % 'abc', '%10.3s|' % 'abcdef', '%i' % 3.7, '%g' % 1e10, '%G' % 1e-10, '%.3g' % 1234.5, '%#.3g' % 1.0
'%q' % 1
'%' % 1
'%s' % undefined_thing
'{} {}'.format('a', 1), '{1} {0}'.format('a', 'b'), '{x[a]} {x.b}'.format(x={'a': 1, 'b': 2}), '{:>5}|{:<5}|{:^5}|{:*^7}'.format('a', 'b', 'c', 'd'), '{{}}'.format()
'{:05d} {:+d} {:,} {:_} {:x} {:#x} {:b} {:o} {:e} {:.2f} {:.3g} {:%} {:10.1f}|'.format(42, 5, 1234567, 1234567, 255, 255, 5, 8, 1234.5, 3.14159, 1234.5, 0.25, 2.55)
'{:08,}'.format(1234), '{:=+6d}'.format(3), '{:<06}'.format(5), '{!r:>6}'.format('a'), '{:{}}'.format('a', 5), '{:.1}'.format(12.5), '{:.3}'.format(12.0), '{:.2}'.format('abc'), '{:c}'.format(65)
'{} {0}'.format('a')
'{}'.format()
'{x}'.format(y=1)
'{:d}'.format('a')
'{'.format()
'a,b,,c'.split(','), 'a b  c '.split(), 'a b c'.split(' ', 1), ' a b c '.split(None, 1), ''.split(), ''.split(','), 'a--b'.split('--'), 'x'.split(sep='x'), 'a b c'.split(maxsplit=1)
'a,b,c'.rsplit(',', 1), ' a b c '.rsplit(None, 1), 'a b'.rsplit()
'a'.split('')
'  ab '.strip(), 'xxabxx'.strip('x'), 'abcba'.lstrip('ab'), 'abcba'.rstrip('ab'), ' a'.lstrip(), 'a\n '.rstrip(), 'éaé'.strip('é')
'abc'.startswith('a'), 'abc'.startswith(('x', 'a')), 'abc'.endswith('c'), 'abc'.startswith('b', 1), 'abc'.endswith('b', 0, 2), 'abc'.startswith(''), 'éa'.startswith('a', 1)
'abc'.startswith(1)
'a-b-c'.replace('-', '+'), 'aaa'.replace('a', 'b', 2), 'abc'.replace('', '.'), 'abc'.replace('', '.', 2), 'é'.replace('', '-'), 'aXbX'.replace('X', '')
'a-b'|replace('-', '+'), 'aaa'|replace('a', 'b', 1), 15|replace('5', 'x'), 'a1'|replace(1, 2)
'abcabc'.find('c'), 'abcabc'.rfind('c'), 'abc'.find('z'), 'abcabc'.index('b'), 'abcabc'.count('b'), 'aaa'.count('aa'), 'aé'.find('é'), 'éa'.rfind('a'), 'abcabc'.find('b', 2), 'abc'.find('', 2), 'abc'.count('')
'abc'.index('z')
'-'.join(['a', 'b']), ''.join('abc'), '-'.join([])
'-'.join([1])
'a'.center(5), 'a'.center(4, '*'), 'ab'.ljust(4) ~ '|', 'ab'.rjust(4), '42'.zfill(5), '-42'.zfill(5), '+1'.zfill(4), 'é'.center(4, 'ü')
'a'|center(5) ~ '|', ('a'|center)|length
'hello world'.title(), "they're bill's".title(), 'hello'.capitalize(), 'HeLLo'.swapcase(), 'ABC'.lower(), 'abc'.upper(), 'ABC'.casefold(), 'straße'.upper(), 'ΌΣΟΣ'.lower(), 'éa'.title()
'a\nb\r\nc\x0bd\u2028e'.splitlines(), 'a\n'.splitlines(true), ''.splitlines(), 'a\n\nb'.splitlines(keepends=true)
'a=b=c'.partition('='), 'a=b=c'.rpartition('='), 'abc'.partition('='), 'abc'.rpartition('=')
'prefix-a'.removeprefix('prefix-'), 'a.txt'.removesuffix('.txt'), 'a'.removeprefix('b'), 'a'.removesuffix('')
'a\tb'.expandtabs(), 'ab\tc'.expandtabs(4), '\t'.expandtabs(0)
'abc'.isalpha(), 'ab1'.isalnum(), '12'.isdigit(), '²'.isdigit(), '²'.isdecimal(), '½'.isnumeric(), ' \t'.isspace(), 'Ab'.istitle(), 'ab'.islower(), 'AB'.isupper(), 'a_1'.isidentifier(), '1a'.isidentifier(), 'a\n'.isprintable(), 'é'.isascii(), ''.isalpha(), ''.isascii(), 'éà'.isalpha(), '٣'.isdigit()
'abc'.nosuch
'abc'.nosuch()
words.append('x')
nested.update({})
nested.pop('a')
words.index('fig'), words.count('fig'), words.copy() == words, (1, 2, 1).count(1), (1, 2).index(2)
words.index('zzz')
nested.keys()|list, nested.values()|list, nested.items()|list, nested.keys(), {'a': 1}.items(), {'a': 1}.values()
nested.keys()|length, 'a' in nested.keys(), {'a': 1}.items()|first, {}.keys()
nested.keys()[0]
nested.copy() == nested, {}.fromkeys(['a', 'b']), {}.fromkeys('ab', 0)
''.__class__, ''.__class__.__mro__
''.__class__.__name__ ~ 'x'
messages|tojson
messages|tojson(indent=2)
nested|tojson(sort_keys=true), nested|tojson(separators=(',', ':')), nested|tojson(indent=none), name|tojson(ensure_ascii=true), '🦅'|tojson(ensure_ascii=true), nested|tojson(indent='--'), nested|tojson(0), {}|tojson(indent=2), []|tojson(indent=2)
quote|tojson, '<b>&\''|tojson, '\x7f\x80'|tojson, '\x7f'|tojson(true), 1e16|tojson, 1.0|tojson, (1, 2)|tojson, {1: 2, none: 3, true: 4, 1.5: 5}|tojson
undefined_thing|tojson
{(1, 2): 3}|tojson
(words|map('upper'))|tojson
{'b': 1, 'a': [{'d': 1, 'c': 2}]}|tojson(sort_keys=true, indent=1)
html|e, html|escape, html|forceescape, html|safe, (html|e)|e, (html|e)|forceescape
(html|safe) + '<i>', '<i>' + (html|safe), (html|safe) ~ '<i>', ('<b>%s</b>'|safe) % '<i>', ('<b>%s</b>'|safe)|format('<i>')
(html|safe).upper(), (html|safe)|upper|e, ['<a>'|safe, '<b>'], ('<'|safe).join(['<', 'a']), ('a<'|safe).replace('a', '<'), ('{}'|safe).format('<')
html|striptags, '<!-- x -->a  b <c>d'|striptags, 'a &amp; b &lt;c&gt;'|striptags
{'class': 'a b', 'id': none, 'x': 1, 'y': '<'}|xmlattr, {'a': 1}|xmlattr(false), {}|xmlattr
{'a b': 1}|xmlattr
'a b/c?é=1&~'|urlencode, {'a b': 'c/d', 'e': 1}|urlencode, [('x', 'y z')]|urlencode, 5|urlencode
text|wordcount, ''|wordcount, 'a_b c-d é'|wordcount
'foo bar baz qux'|truncate(9), 'foo bar baz qux'|truncate(9, true), 'foo bar baz qux'|truncate(11), 'foo bar baz qux'|truncate(11, false, '...', 0), 'short'|truncate, 'éééééé ààààà'|truncate(6, leeway=0), 'abcdefghij'|truncate(5, true, '>', 0)
'abc'|truncate(2)
'a\nb\n\nc'|indent, 'a\nb'|indent(2, true), 'a\n\nb'|indent(2, blank=true), 'a\nb'|indent('> '), 'a\nb\n'|indent, ''|indent, 'a\nb'|indent(width=1, first=true)
n|indent
'the quick brown fox jumps over'|wordwrap(10), 'abcdefghijklmnop'|wordwrap(5), 'abcdefghij kl'|wordwrap(5, false), 'well-known state-of-the-art e-mail'|wordwrap(8), 'a\n\nb c'|wordwrap(3), 'one two'|wordwrap(3, wrapstring='|'), 'foo--bar baz---qux'|wordwrap(6), 'a-b-c-d-e-f'|wordwrap(4, true, '\n', false), '   lead  trail   '|wordwrap(8), 'ab cd'|wordwrap(1)
'x'|wordwrap(0)
nested|pprint, {'b': 'x' * 50, 'a': ['y' * 40, 'z' * 40, {'k': ('w' * 70,)}]}|pprint, ('word ' * 30)|pprint, ['a\nb' * 20]|pprint, words|pprint, 5|pprint, [('long text here ' * 8)]|pprint
nested|attr('b'), namespace(a=1)|attr('a'), n|attr('real')
words|attr('nope'), (name|attr('upper'))()
dict(a=1, b=2), dict([('x', 1)]), dict({'a': 1}, b=3), dict()
dict(1)
namespace(a=1, b='x').b, namespace({'q': 1}).q, namespace().zz
namespace(a=1)['a'], namespace(a=[1, 'x'])
namespace(_a=1)
cycler('a', 'b').next(), cycler(1, 2).current
cycler()
joiner('|')() ~ 'x'
range(3)|list, range(1, 4)|list, range(10, 0, -3)|list, range(0)|list
range(100001)
range(1, 5, 0)
range('a')
range(1.5)
range()
raise_exception('stop: ' ~ n)
raise_exception(5)
strftime_now('%Y-%m-%d %H:%M:%S %j %a %A %b %B %d %y %I %p %%'), strftime_now(''), strftime_now('%f|%z|%Z|%U|%W|%w|%e|%-d|%F|%T')
lipsum is defined, cycler is defined, range is defined
loop
self is defined, self.nothing, self
name.upper().lower().title()
words|map('upper')|map('lower')|join(',')|upper
'a' if true else 'b' if true else 'c'
1 if 0 else 2 if 0 else 3
('a', 'b')|join, [1, 2,]|length, (1, 2,)|length, {'a': 1,}|length
foo is defined and foo.bar or 'ok'
'a' 'b'|upper
-1|abs, (-1)|string, -n, +n, - - n, --5
not not 1, not 1 == 2, not n in [1]
n == 7 and x == 2.5 or no
'%s' % ('a',) ~ 'b', 'a' ~ 'b' * 2, 1 + 2 ~ 3
[1, 2, 3][n - 6:], name[n-7:2]
words|length == 4 and words[0]|length > 2
messages[0]['role'] + messages[1].role, messages[-1].content[-1], messages[1]['content'] | trim
messages|map(attribute='role')|list, messages|selectattr('role', 'equalto', 'user')|map(attribute='content')|list|first
messages|map(attribute='tool_calls.0.function.name')|list
users|map(attribute='name')|map('first')|join
*words
foo(**nested)
[x for x in words]
lambda: 1
'a' if
n is
1 is is
1 == == 2
words[
a.1b
''.join(words[1:2]) ~ words[0:1][0]
1.e5
1__0
0777
00
é
é2 is defined, π is undefined
@
!x
a!b
&
"""
