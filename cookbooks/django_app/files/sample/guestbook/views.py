"""The one page: the newest entries, and a form for the next."""

from django.shortcuts import redirect, render

from .forms import EntryForm
from .models import Entry


def guestbook(request):
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("guestbook")
    entries = Entry.objects.all()
    context = {"form": form, "entries": entries[:20], "count": entries.count()}
    return render(request, "guestbook/guestbook.html", context)
