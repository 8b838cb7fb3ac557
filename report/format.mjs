// Numbers as everybody writes them, whatever the locale: groups of three apart, a point before the decimals. Money and
// shares come from the database as text and stay text: no digit is rounded on the way but where it says so.

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// Text for HTML.
export const escape = (text) => String(text).replace(/[&<>"']/g, (c) => escapes[c]);

// '1234567.80' as 1 234 567.80, with narrow spaces that do not break; null as a dash.
export function number(value) {
  if (value === null || value === undefined) return '–';
  const [, sign, whole, rest] = /^(-?)(\d+)(.*)$/.exec(String(value)) ?? [null, '', null, ''];
  if (whole === null) return String(value);
  return (sign && '−') + whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') + rest;
}

// Money as it is in the database, but without a tail of zeros beyond two decimals.
export const money = (value) =>
  number(value === null || value === undefined ? value : String(value).replace(/(\.\d\d\d*?)0+$/, '$1'));

// Money without decimals, for labels; rounded half up on its digits.
export function about(value) {
  const [, sign, whole, tenth] = /^(-?)(\d+)(?:\.(\d))?/.exec(String(value)) ?? [];
  if (whole === undefined) return number(value);
  const rounded = BigInt(whole) + (Number(tenth ?? 0) >= 5 ? 1n : 0n);
  return number((rounded === 0n ? '' : sign) + rounded);
}

// '0.1234' as 12.3 %.
export const percent = (share, digits = 1) =>
  share === null || share === undefined ? '–' : `${number((Number(share) * 100).toFixed(digits))}\u00a0%`;

// 1 client, 2 clients.
export const count = (n, one, many = `${one}s`) => `${number(n)} ${Number(n) === 1 ? one : many}`;
