/** Bahasa Indonesia unless the caller asks for English first. */
import type { Text } from '../../machines/contract.js';

export function languageOf(acceptLanguage: string | undefined): keyof Text {
  const wishes = (acceptLanguage ?? '').split(',').map((wish) => {
    const [tag = '', ...parameters] = wish.trim().toLowerCase().split(';');
    const quality = parameters.find((one) => one.trim().startsWith('q='));
    return { language: tag.split('-')[0] ?? '', q: quality ? Number(quality.trim().slice(2)) : 1 };
  });
  const known = wishes.filter(({ language, q }) => (language === 'id' || language === 'en') && q > 0);
  const best = known.sort((a, b) => b.q - a.q)[0];
  return best?.language === 'en' ? 'en' : 'id';
}
