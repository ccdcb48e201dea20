"""The guest book does what its page says."""

from django.test import TestCase

from .models import Entry


class GuestbookTest(TestCase):
    def test_shows_what_guests_wrote(self):
        Entry.objects.create(name="Ada", message="Nice place <here>.")
        page = self.client.get("/")
        self.assertContains(page, "Nice place &lt;here&gt;.")
        self.assertContains(page, "1 entry")

    def test_takes_an_entry(self):
        answer = self.client.post("/", {"name": "Grace", "message": "Hello."})
        self.assertRedirects(answer, "/")
        self.assertEqual(str(Entry.objects.get()), "Grace: Hello.")

    def test_refuses_an_empty_message(self):
        page = self.client.post("/", {"name": "Grace", "message": ""})
        self.assertContains(page, "This field is required.")
        self.assertFalse(Entry.objects.exists())
