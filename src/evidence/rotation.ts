/** Hands the log over from one key to the next: the old one vouches for the new one, and the log itself says so. */
import { Injectable } from '@nestjs/common';
import { CheckpointStore } from './checkpoint.store.js';
import { LogStore } from './log.store.js';
import type { LogKey } from './log-key.js';
import { rotationText, signNote } from './note.js';
import { NO_OFFICE, RecordStore } from './records.store.js';

@Injectable()
export class Rotation {
  constructor(
    private readonly store: LogStore,
    private readonly checkpoints: CheckpointStore,
    private readonly records: RecordStore,
  ) {}

  /** What stands in the way, in words; null when the new key signs from now on. */
  rotate(older: LogKey, newer: LogKey): Promise<string | null> {
    return this.store.inTurn(async (run) => {
      const keys = await this.checkpoints.keys(run);
      const current = keys.at(-1);
      const { keyId } = older.verifier;
      if (current && current.keyId !== keyId) return `the log is signed by key ${current.keyId}, not by ${keyId}`;
      const fromSize = await this.store.size(run);
      const first = { keyId, verifierKey: older.verifier.text, fromSize: 0, endorsement: null };
      if (!current) await this.checkpoints.addKey(run, first);
      const endorsement = signNote(rotationText(older.verifier, newer.verifier), older.privateKey, older.verifier);
      const { keyId: newId, text: verifierKey } = newer.verifier;
      await this.checkpoints.addKey(run, { keyId: newId, verifierKey, fromSize, endorsement });
      const facts = { from: older.verifier.text, to: verifierKey, endorsement };
      await this.records.appendWith(run, { officeId: NO_OFFICE, kind: 'KEY_ROTATED', actorId: null, facts });
      return null;
    });
  }
}
