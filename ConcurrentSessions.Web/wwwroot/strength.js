// How hard a new password would be to guess, roughly: a hint while it is typed. What may be chosen is decided by the server.
const longest = 256;
const shortest = 12;
const levels = [
  [0, 'Very easy to guess. Use several unrelated words.'],
  [30, 'Easy to guess. Add another word or two.'],
  [42, 'Fair. One more word would make it good.'],
  [54, 'Good.'],
  [70, 'Very good.'],
];
const common = [
  'password', 'passwort', 'qwertyuiop', 'qwerty', 'qwertz', 'asdfgh', 'zxcvbn', 'letmein', 'welcome', 'iloveyou', 'admin', 'dragon', 'monkey', 'football',
  'baseball', 'sunshine', 'princess', 'master', 'secret', 'summer', 'winter', 'spring', 'autumn', 'superman', 'batman', 'shadow', 'changeme', 'concurrentsessions',
];
let waiting;

document.addEventListener('input', event => {
  const box = document.querySelector(`[data-strength="${CSS.escape(event.target.id || '-')}"]`);
  if (!box) {
    return;
  }

  const [level, words] = judge(event.target.value, nearby(event.target.form));
  box.querySelector('meter').value = level;

  // Read out when the typing rests, not at every key.
  clearTimeout(waiting);
  waiting = setTimeout(() => { box.querySelector('[role=status]').textContent = words; }, 400);
});

function judge(password, known) {
  if (password.length === 0) {
    return [0, ''];
  }

  if (password.length < shortest) {
    const missing = shortest - password.length;
    return [0, `Too short: ${missing} more ${missing === 1 ? 'character' : 'characters'}.`];
  }

  if (password.length > longest) {
    return [0, `Too long: ${longest} characters at most.`];
  }

  const bits = estimate(password, known);
  const level = levels.findLastIndex(([least]) => bits >= least);
  return [level + 1, levels[level][1]];
}

// Known words, runs (aaaa) and rows (1234, dcba) count as one character each.
function estimate(password, known) {
  let rest = password.toLowerCase();
  for (const word of [...known, ...common]) {
    rest = rest.split(word).join('\u0000');
  }

  const codes = [...rest].map(c => c.codePointAt(0));
  const step = i => codes[i] - codes[i - 1];
  const counted = codes.filter((_, i) => i < 2 || Math.abs(step(i)) > 1 || step(i) !== step(i - 1)).length;
  const different = new Set(codes).size;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter(kind => kind.test(password)).length;
  return Math.min(counted, different * 2) * (2 + 0.6 * kinds);
}

// The address that is typed in the same form, and the name of this site.
function nearby(form) {
  const address = form?.querySelector('input[type=email], input[autocomplete=username]')?.value ?? '';
  return `${address}.${location.hostname}`.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(word => word.length >= 4);
}
