/** An answer spelled out from kept parts is byte for byte what JSON.stringify gives, at every place and for every reader. */
import { answer } from '../../src/engine/answer.js';
import { textOf } from '../../src/engine/answer-text.js';
import type { Role } from '../../machines/contract.js';
import { PATH_STATES } from '../support/http.js';
import { Ledger, registered, wib } from '../support/ledger.js';
import { at } from '../support/walk.js';

const READERS: readonly (readonly Role[])[] = [['staff'], ['kadin'], ['kasi'], ['kabid', 'staff'], []];
const entry = new Ledger(wib('2026-11-24 09:00')).driveTo('registration', wib('2026-11-24 09:01')).entries.at(-1)!;
const head = (id: string) => ({ id, caseNo: `KIM-2026-"${id}"\u2028` });
const given = (state: string, roles: readonly Role[], id: string) =>
  answer(registered, head(id), at(state), { ...entry, stepSeq: id.length }, `hash ${id}`, { id: 'somebody', roles });

it.each([...PATH_STATES, 'archived'])('in %s', (state) => {
  for (const roles of READERS) {
    // The second is put together from what the first has left.
    for (const id of ['one', 'another']) {
      const made = given(state, roles, id);
      expect(textOf(made)).toBe(JSON.stringify(made));
    }
  }
});

it('knows answers as they were made, and nothing else', () => {
  const made = given('intake', ['staff'], 'one');
  expect(textOf({ ...made })).toBeNull();
  expect(textOf({ stepSeq: 1 })).toBeNull();
  expect(textOf([])).toBeNull();
});
