/** What the doors for signing in take and answer. */
import { z } from 'zod';
import { jsonSchema } from '../http/openapi.js';

const account = z.string().min(1).max(60);
const password = z.string().min(1).max(200);

export const credentials = z
  .strictObject({ account, password })
  .meta({ title: 'Credentials', example: { account: 'staf', password: 'the password shown at start' } });
export type Credentials = z.infer<typeof credentials>;

export const passwordChange = z.strictObject({ account, password, newPassword: z.string().min(12).max(200) }).meta({
  title: 'PasswordChange',
  example: { account: 'staf', password: 'the password you were given', newPassword: 'two herons over the rice field' },
});
export type PasswordChange = z.infer<typeof passwordChange>;

export const refreshBody = z
  .strictObject({ refreshToken: z.string().min(1).max(200) })
  .meta({ title: 'Refresh', example: { refreshToken: 'the refreshToken of the last answer' } });
export type RefreshBody = z.infer<typeof refreshBody>;

const signedIn = z.object({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().meta({ description: 'Seconds the access token lasts.' }),
  refreshToken: z.string().meta({ description: 'Good for one POST /auth/refresh.' }),
  refreshExpiresIn: z.int().meta({ description: 'Seconds until the password is asked for again.' }),
});
export const SIGNED_IN = jsonSchema(signedIn);
