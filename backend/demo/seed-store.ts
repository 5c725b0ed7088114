import mongoose, { Schema } from 'mongoose'

interface Seed {
  readonly _id: string
  readonly finishedAt: Date
}

// The installation's own: says what was sown, so that what people delete does not come back.
const seedSchema = new Schema<Seed>(
  { _id: { type: String, required: true }, finishedAt: { type: Date, required: true } },
  { autoIndex: false, versionKey: false },
)

const SeedModel = mongoose.model('Seed', seedSchema, 'seeds')

export async function isSown(name: string): Promise<boolean> {
  return (await SeedModel.exists({ _id: name })) !== null
}

export async function noteSown(name: string, now: Date): Promise<void> {
  await SeedModel.updateOne({ _id: name }, { $set: { finishedAt: now } }, { upsert: true })
}
