// How many changes of readings this browser still keeps for whoever is signed in. What they are is sealed; see docs/architecture.md.

const DATABASE = "reading-room-unsent";

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Throws when the server, which alone knows whose changes are whose, can't be reached. */
export async function countUnsent(form) {
  const rows = await allOwners();
  if (rows.length === 0) return 0;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch("/api/v1/me/keeping-key", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: "{}",
  });
  // The session is gone already: there is nothing to sign out of.
  if (!answer.ok) return 0;
  const { id } = await answer.json();
  return rows.filter((owner) => owner === id).length;
}

async function allOwners() {
  const known = await indexedDB.databases?.().catch(() => []);
  if (known && !known.some(({ name }) => name === DATABASE)) return [];
  let isNew = false;
  const opening = indexedDB.open(DATABASE);
  opening.onupgradeneeded = () => {
    // Nobody has made it: it must not be left behind without what the reading page puts in.
    isNew = true;
    opening.transaction.abort();
  };
  try {
    const database = await asked(opening);
    const owners = (await asked(database.transaction("changes").objectStore("changes").getAll())).map(({ owner }) => owner);
    database.close();
    return owners;
  } catch (error) {
    if (isNew) return [];
    throw error;
  }
}
